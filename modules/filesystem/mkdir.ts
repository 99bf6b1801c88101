import { z } from 'zod';
import { defineModule, OrkError } from '../../sdk/typescript/index.ts';
import { statIfThere } from './existing.ts';
import { fileMode, parseMode } from './mode.ts';
import { parentOf } from './path.ts';

/** Makes a folder. */
export const mkdir = defineModule({
  name: 'mkdir',
  summary: 'Makes a folder, if it is not there.',
  params: z.object({
    path: z.string().min(1),
    mode: fileMode.optional().describe('Kept as it is when left out; 0755 for a new folder.'),
    parents: z.boolean().default(true).describe('Makes missing folders above as well.'),
  }),
  result: z.object({ path: z.string(), changed: z.boolean() }),
  capabilities: ['files'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'A folder', params: { path: 'out/reports' } },
    { description: 'A private folder', params: { path: 'keys', mode: '0700' } },
  ],
  perform(ctx) {
    const { path, mode, parents } = ctx.params;
    const existing = statIfThere(ctx.files, path);
    if (existing !== undefined && existing.kind !== 'directory') throw notDirectory(path);
    const wanted = mode === undefined ? undefined : parseMode(mode);
    const isNew = existing === undefined;
    const changed = isNew || (wanted !== undefined && wanted !== (existing.mode & 0o7777));
    const parent = parentOf(path);
    if (isNew && !parents && parent !== undefined) ctx.files.stat(parent);
    if (!changed || ctx.dryRun) return { path, changed };
    if (isNew) ctx.files.makeDirectory(path, { parents });
    // The mode of a new folder loses what the umask takes, and its parents shall not have it.
    if (wanted !== undefined) ctx.files.setMode(path, wanted);
    return { path, changed };
  },
});

function notDirectory(path: string): OrkError {
  return new OrkError('already-exists', `${path} exists and is not a folder.`, {
    reason: 'filesystem.not-directory',
    hint: 'Delete it first, or name another path.',
  });
}

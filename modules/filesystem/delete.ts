import { z } from 'zod';
import { type Context, defineModule, type Metadata, OrkError } from '../../sdk/typescript/index.ts';
import { statIfThere } from './existing.ts';
import { isWithin } from './path.ts';

const params = z.object({
  path: z.string().min(1).describe('A link is removed itself, not what it points to.'),
  recursive: z.boolean().default(false).describe('Removes a folder with all that it holds.'),
  missing_ok: z.boolean().default(false).describe('A path that is not there is no failure.'),
});

type DeleteContext = Context<z.output<typeof params>, 'files'>;

/** Removes a file, a link or a folder. */
export const remove = defineModule({
  name: 'delete',
  summary: 'Deletes a file, a link or a folder.',
  params,
  result: z.object({ path: z.string(), changed: z.boolean() }),
  capabilities: ['files'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'A file', params: { path: 'report.md' } },
    {
      description: 'A folder, if there is one',
      params: { path: 'build', recursive: true, missing_ok: true },
    },
  ],
  perform(ctx) {
    const { path, recursive, missing_ok } = ctx.params;
    if (isWithin('.', path) || isWithin('/', path)) throw wholeWorkspace(path);
    const existing = statIfThere(ctx.files, path, { follow: false });
    if (existing === undefined && missing_ok) return { path, changed: false };
    if (existing === undefined) throw missing(path);
    refuseFullFolder(ctx, existing);
    if (!ctx.dryRun) ctx.files.remove(path, { recursive });
    return { path, changed: true };
  },
});

function wholeWorkspace(path: string): OrkError {
  return new OrkError('invalid-argument', `${path} is the workspace itself.`, {
    reason: 'filesystem.whole-workspace',
    hint: 'Name what is to go within it.',
  });
}

function missing(path: string): OrkError {
  return new OrkError('not-found', `${path} does not exist.`, {
    reason: 'filesystem.missing',
    hint: 'Check the path, or set `missing_ok: true` if that is no failure.',
  });
}

function refuseFullFolder({ params, files }: DeleteContext, existing: Metadata): void {
  const { path, recursive } = params;
  if (recursive || existing.kind !== 'directory') return;
  const count = files.readDirectory(path).length;
  if (count === 0) return;
  throw new OrkError('failed-precondition', `${path} is a folder that holds ${count} entries.`, {
    reason: 'filesystem.not-empty',
    hint: 'Set `recursive: true` to delete it with all that it holds.',
  });
}

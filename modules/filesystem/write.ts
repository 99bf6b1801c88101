import { z } from 'zod';
import {
  type Context,
  defineModule,
  type Files,
  type Metadata,
  OrkError,
} from '../../sdk/typescript/index.ts';
import { decodeBase64 } from './base64.ts';
import { createParents, holds, isDirectory, notRegular, statIfThere } from './existing.ts';
import { fileMode, parseMode } from './mode.ts';
import { parentOf } from './path.ts';
import { removeQuietly, temporarySibling } from './temporary.ts';

const params = z.object({
  path: z.string().min(1),
  content: z.string(),
  encoding: z.enum(['text', 'base64']).default('text').describe('How `content` is written.'),
  mode: fileMode.optional().describe('Kept as it is when left out; 0644 for a new file.'),
  append: z.boolean().default(false).describe('Adds to the end; this is not atomic.'),
  if_absent: z.boolean().default(false).describe('Leaves a file that exists as it is.'),
  create_directories: z.boolean().default(false).describe('Creates missing folders above.'),
});

type WriteContext = Context<z.output<typeof params>, 'files'>;

const NEW_FILE_MODE = 0o644;

/** Writes one file: readers see the old content or the new, never half. */
export const write = defineModule({
  name: 'write',
  summary: 'Writes a file, if it would change.',
  params,
  result: z.object({ path: z.string(), changed: z.boolean(), size: z.int() }),
  capabilities: ['files'],
  idempotent: false,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'A report', params: { path: 'report.md', content: '# Report\n' } },
    { description: 'A private key file', params: { path: 'key', content: 'x', mode: '0600' } },
  ],
  perform(ctx) {
    const { path, content, encoding, append, if_absent } = ctx.params;
    if (append && if_absent) {
      throw new OrkError('invalid-argument', '`append` and `if_absent` contradict each other.');
    }
    const existing = statIfThere(ctx.files, path);
    if (existing?.kind === 'directory' || path.endsWith('/')) throw isDirectory(path);
    if (existing?.kind === 'other') throw notRegular(path);
    if (if_absent && existing !== undefined) return { path, changed: false, size: existing.size };
    const bytes = encoding === 'base64' ? decodeBase64(content) : new TextEncoder().encode(content);
    if (append) return appendTo(ctx, bytes, existing);
    const modeChanges = changesMode(ctx, existing);
    if (existing !== undefined && holds(ctx.files, path, existing, bytes)) {
      if (modeChanges && !ctx.dryRun) ctx.files.setMode(path, wantedMode(ctx, existing));
      return { path, changed: modeChanges, size: bytes.length };
    }
    if (!ctx.dryRun) replace(ctx, bytes, existing);
    return { path, changed: true, size: bytes.length };
  },
});

function wantedMode({ params }: WriteContext, existing: Metadata | undefined): number {
  if (params.mode !== undefined) return parseMode(params.mode);
  return existing === undefined ? NEW_FILE_MODE : existing.mode & 0o7777;
}

function changesMode(ctx: WriteContext, existing: Metadata | undefined): boolean {
  return existing !== undefined && wantedMode(ctx, existing) !== (existing.mode & 0o7777);
}

function createFolders({ params, files }: WriteContext): void {
  if (params.create_directories) createParents(files, parentOf(params.path));
}

function appendTo(ctx: WriteContext, bytes: Uint8Array, existing: Metadata | undefined) {
  const { path } = ctx.params;
  const modeChanges = changesMode(ctx, existing);
  const changed = bytes.length > 0 || existing === undefined || modeChanges;
  if (changed && !ctx.dryRun) {
    createFolders(ctx);
    const mode = wantedMode(ctx, existing);
    put(ctx.files, path, { create: true, append: true }, bytes, mode);
    if (modeChanges) ctx.files.setMode(path, mode);
  }
  return { path, changed, size: (existing?.size ?? 0) + bytes.length };
}

function replace(ctx: WriteContext, bytes: Uint8Array, existing: Metadata | undefined): void {
  const { path, content, encoding, if_absent } = ctx.params;
  createFolders(ctx);
  const mode = wantedMode(ctx, existing);
  // Only an exclusive open can promise never to overwrite what appeared meanwhile.
  if (if_absent) put(ctx.files, path, { create: true, exclusive: true }, bytes, mode);
  else if (encoding === 'text') ctx.files.writeTextAtomic(path, content, mode);
  else replaceBytes(ctx.files, path, bytes, mode);
}

/** What `writeTextAtomic` does, for bytes: a temporary sibling, synced, then renamed. */
function replaceBytes(files: Files, path: string, bytes: Uint8Array, mode: number): void {
  const temporary = temporarySibling(path);
  try {
    put(files, temporary, { create: true, exclusive: true }, bytes, mode);
    files.rename(temporary, path);
  } catch (error) {
    removeQuietly(files, temporary);
    throw error;
  }
}

function put(
  files: Files,
  path: string,
  options: { create: boolean; append?: boolean; exclusive?: boolean },
  bytes: Uint8Array,
  mode: number,
): void {
  const file = files.open(path, options, mode);
  try {
    file.write(bytes);
    file.sync();
  } finally {
    file.close();
  }
}

import { z } from 'zod';
import {
  type Context,
  defineModule,
  type Files,
  type Metadata,
  OrkError,
} from '../../sdk/typescript/index.ts';
import { alreadyExists, createParents, isDirectory, statIfThere } from './existing.ts';
import { isWithin, joinPath, parentOf } from './path.ts';
import { removeQuietly, temporarySibling } from './temporary.ts';
import { walk } from './walk.ts';

const params = z.object({
  from: z.string().min(1),
  to: z.string().min(1).describe('The new path itself, not a folder to put it in.'),
  recursive: z.boolean().default(false).describe('Copies a folder with all that it holds.'),
  overwrite: z.boolean().default(true).describe('Whether files that differ are replaced.'),
  create_directories: z.boolean().default(false).describe('Creates missing folders above `to`.'),
});

type CopyContext = Context<z.output<typeof params>, 'files'>;

/** Copies what differs. */
export const copy = defineModule({
  name: 'copy',
  summary: 'Copies a file or a folder, if the copy would change.',
  params,
  result: z.object({
    from: z.string(),
    to: z.string(),
    changed: z.boolean(),
    files: z.int().describe('Entries that were missing or differed.'),
  }),
  capabilities: ['files'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'A file', params: { from: 'app.conf', to: 'backup/app.conf' } },
    { description: 'A folder', params: { from: 'site', to: 'public', recursive: true } },
  ],
  perform(ctx) {
    const { from, to } = ctx.params;
    refuseWithin(from, to);
    const source = ctx.files.stat(from);
    const target = statIfThere(ctx.files, to);
    checkKinds(ctx, source, target);
    const found = source.kind === 'directory' ? compareTrees(ctx.files, from, to) : undefined;
    const files = found ?? compareFiles(ctx.files, { path: from, found: source }, to, target);
    if (files.missing + files.different === 0) return { from, to, changed: false, files: 0 };
    if (files.different > 0 && !ctx.params.overwrite)
      throw alreadyExists(files.firstDifferent ?? to);
    if (!ctx.dryRun) put(ctx, source);
    return { from, to, changed: true, files: files.missing + files.different };
  },
});

function refuseWithin(from: string, to: string): void {
  if (!isWithin(to, from)) return;
  throw new OrkError('invalid-argument', `${to} is ${from} itself, or lies in it.`, {
    reason: 'filesystem.copy-into-itself',
  });
}

function checkKinds({ params }: CopyContext, source: Metadata, target: Metadata | undefined): void {
  const { from, to, recursive } = params;
  if (source.kind === 'directory' && !recursive) {
    throw new OrkError('failed-precondition', `${from} is a folder.`, {
      reason: 'filesystem.is-directory',
      hint: 'Set `recursive: true` to copy it with all that it holds.',
    });
  }
  if (target === undefined || target.kind === source.kind) return;
  if (target.kind === 'directory') throw isDirectory(to);
  if (source.kind !== 'directory') return;
  throw new OrkError('failed-precondition', `${to} is not a folder, and ${from} is.`, {
    reason: 'filesystem.not-directory',
    hint: 'Delete it first, or name another path.',
  });
}

interface Difference {
  missing: number;
  different: number;
  firstDifferent?: string;
}

function compareFiles(
  files: Files,
  source: { path: string; found: Metadata },
  to: string,
  target: Metadata | undefined,
): Difference {
  if (target === undefined) return { missing: 1, different: 0 };
  if (isSame(files, source, { path: to, found: target })) return { missing: 0, different: 0 };
  return { missing: 0, different: 1, firstDifferent: to };
}

function compareTrees(files: Files, from: string, to: string): Difference {
  const total: Difference = { missing: 0, different: 0 };
  if (statIfThere(files, to) === undefined) total.missing += 1;
  const options = { path: from, glob: undefined, recursive: true, kind: undefined };
  for (const entry of walk(files, options)) {
    if ('error' in entry) throw entry.error;
    const path = joinPath(to, relativeTo(from, entry.path));
    const found = statIfThere(files, path, { follow: false });
    if (found === undefined) total.missing += 1;
    else if (!isSame(files, { path: entry.path, found: entry.metadata }, { path, found })) {
      total.different += 1;
      total.firstDifferent ??= path;
    }
  }
  return total;
}

function relativeTo(folder: string, path: string): string {
  return path.slice(joinPath(folder, 'x').length - 1);
}

interface Entry {
  path: string;
  found: Metadata;
}

/** Content and permissions; of folders and links only that they are there. */
function isSame(files: Files, source: Entry, target: Entry): boolean {
  if (source.found.kind !== target.found.kind) return false;
  if (source.found.kind !== 'file') return true;
  if (source.found.size !== target.found.size) return false;
  if ((source.found.mode & 0o7777) !== (target.found.mode & 0o7777)) return false;
  return files.sha256(source.path) === files.sha256(target.path);
}

function put({ params, files }: CopyContext, source: Metadata): void {
  const { from, to, create_directories } = params;
  if (create_directories) createParents(files, parentOf(to));
  if (source.kind === 'directory') files.copy(from, to, { recursive: true });
  else replace(files, from, to);
}

/** Readers see the old file or the whole new one. */
function replace(files: Files, from: string, to: string): void {
  const temporary = temporarySibling(to);
  try {
    files.copy(from, temporary);
    files.rename(temporary, to);
  } catch (error) {
    removeQuietly(files, temporary);
    throw error;
  }
}

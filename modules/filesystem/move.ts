import { z } from 'zod';
import {
  type Context,
  defineModule,
  type Files,
  type Metadata,
  OrkError,
} from '../../sdk/typescript/index.ts';
import { alreadyExists, createParents, isDirectory, statIfThere } from './existing.ts';
import { isWithin, parentOf } from './path.ts';
import { removeQuietly, temporarySibling } from './temporary.ts';

const params = z.object({
  from: z.string().min(1),
  to: z.string().min(1).describe('The new path itself, not a folder to put it in.'),
  overwrite: z.boolean().default(false).describe('Whether a file at `to` is replaced.'),
  missing_ok: z.boolean().default(false).describe('A `from` that is not there is no failure.'),
  create_directories: z.boolean().default(false).describe('Creates missing folders above `to`.'),
});

type MoveContext = Context<z.output<typeof params>, 'files'>;

/** Gives a file or a folder another path. */
export const move = defineModule({
  name: 'move',
  summary: 'Moves or renames a file or a folder.',
  params,
  result: z.object({ from: z.string(), to: z.string(), changed: z.boolean() }),
  capabilities: ['files'],
  idempotent: false,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'Another name', params: { from: 'report.tmp', to: 'report.md' } },
    {
      description: 'Into an archive, if it is still here',
      params: { from: 'in/a.csv', to: 'done/a.csv', missing_ok: true, create_directories: true },
    },
  ],
  perform(ctx) {
    const { from, to, missing_ok, create_directories } = ctx.params;
    const source = statIfThere(ctx.files, from, { follow: false });
    if (source === undefined && missing_ok) return { from, to, changed: false };
    if (source === undefined) throw missing(from);
    checkTarget(ctx, source);
    if (ctx.dryRun) return { from, to, changed: true };
    if (create_directories) createParents(ctx.files, parentOf(to));
    rename(ctx.files, from, to);
    return { from, to, changed: true };
  },
});

function missing(path: string): OrkError {
  return new OrkError('not-found', `${path} does not exist.`, {
    reason: 'filesystem.missing',
    hint: 'Check the path, or set `missing_ok: true` if that is no failure.',
  });
}

function checkTarget({ params, files }: MoveContext, source: Metadata): void {
  const { from, to, overwrite } = params;
  if (isWithin(to, from)) {
    throw new OrkError('invalid-argument', `${to} is ${from} itself, or lies in it.`, {
      reason: 'filesystem.move-into-itself',
    });
  }
  const target = statIfThere(files, to, { follow: false });
  if (target === undefined) return;
  if (!overwrite) throw alreadyExists(to);
  if (target.kind === 'directory') throw isDirectory(to);
  if (source.kind === 'directory') {
    throw new OrkError('failed-precondition', `${to} is a file, and ${from} is a folder.`, {
      reason: 'filesystem.not-directory',
      hint: 'Delete it first, or name another path.',
    });
  }
}

/** The target gets its name only when it is whole. */
function copyAcross(files: Files, from: string, to: string): void {
  if (files.stat(from, { follow: false }).kind === 'symlink') throw cannotMoveLink(from);
  const temporary = temporarySibling(to);
  try {
    files.copy(from, temporary, { recursive: true });
    files.rename(temporary, to);
  } catch (error) {
    removeQuietly(files, temporary, { recursive: true });
    throw error;
  }
}

function cannotMoveLink(path: string): OrkError {
  return new OrkError(
    'unsupported',
    `${path} is a link, and its target is on another file system.`,
    {
      reason: 'filesystem.link-across',
      hint: 'Move what it points to, and make the link anew with exec.',
    },
  );
}

/** Another file system cannot take over an entry: there it is a copy, then a removal. */
function rename(files: Files, from: string, to: string): void {
  try {
    files.rename(from, to);
  } catch (error) {
    if (!(error instanceof OrkError) || error.reason !== 'io.exdev') throw error;
    copyAcross(files, from, to);
    files.remove(from, { recursive: true });
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, lstatSync, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { OrkError } from '../../types/errors.ts';
import type { CallContext } from '../call-context.ts';
import { announceTemporary } from './temporary-files.ts';

const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const DEFAULT_MODE = 0o644;
const ENTRIES_PER_TURN = 512;

export interface OpenFlags {
  create: boolean;
  truncate: boolean;
  append: boolean;
  exclusive: boolean;
}

export interface Metadata {
  kind: 'file' | 'directory' | 'symlink' | 'other';
  size: bigint;
  mode: number;
  modified: bigint;
}

export function openMode(flags: OpenFlags): number {
  const { O_RDONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_NONBLOCK, O_NOFOLLOW } =
    fs.constants;
  const writes = flags.create || flags.truncate || flags.append || flags.exclusive;
  let mode = (writes ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK;
  if (flags.create) mode |= O_CREAT;
  if (flags.truncate) mode |= O_TRUNC;
  if (flags.append) mode |= O_APPEND;
  if (flags.exclusive) mode |= O_CREAT | O_EXCL;
  return mode;
}

/** A FIFO or a device would block a thread of the worker, or have side effects, when it is opened. */
export async function refuseSpecialFile(real: string): Promise<void> {
  const stats = await fs.stat(real).catch(() => undefined);
  if (stats === undefined || stats.isFile() || stats.isDirectory()) return;
  throw new OrkError('failed-precondition', `${real} is not a regular file`, {
    reason: 'files.not-regular',
  });
}

export async function readBoundedText(real: string): Promise<string> {
  const { size } = await fs.stat(real);
  if (size > MAX_TEXT_BYTES) {
    throw new OrkError(
      'resource-exhausted',
      `${real} holds ${size} bytes, more than can be read at once`,
      {
        reason: 'files.too-large',
        hint: 'read it in parts, or stream it with data:parse',
      },
    );
  }
  return fs.readFile(real, 'utf8');
}

export async function writeAtomic(
  real: string,
  text: string,
  mode: number | undefined,
  call: CallContext,
): Promise<void> {
  const temporary = path.join(
    path.dirname(real),
    `.${path.basename(real).slice(0, 48)}.${randomUUID()}.tmp`,
  );
  const kept = mode ?? (await fs.stat(real).catch(() => undefined))?.mode ?? DEFAULT_MODE;
  let handle: fs.FileHandle | undefined;
  await refuseSpecialFile(real);
  announceTemporary(call, temporary);
  try {
    handle = await openBeside(temporary, kept);
    if (handle === undefined) return await writeInPlace(real, text);
    await handle.chmod(kept & 0o7777);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    if (call.signal.aborted) throw new OrkError('canceled', 'the workload was stopped');
    await fs.rename(temporary, real);
  } catch (error) {
    await handle?.close().catch(() => {});
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

/** Undefined where nothing can be put beside the file: it may be granted without the folder that it is in. */
async function openBeside(temporary: string, mode: number): Promise<fs.FileHandle | undefined> {
  try {
    return await fs.open(temporary, 'wx', mode & 0o7777);
  } catch (error) {
    if (!['EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return undefined;
  }
}

async function writeInPlace(real: string, text: string): Promise<void> {
  const handle = await fs.open(real, fs.constants.O_WRONLY | fs.constants.O_NOFOLLOW);
  try {
    await handle.truncate();
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * The entries of a directory. Looking at them one by one on the thread pool costs ten times the
 * look itself, so it is done at once, in slices between which other calls get their turn.
 */
export async function readDirectory(real: string): Promise<{ name: string; metadata: Metadata }[]> {
  const names = await fs.readdir(real);
  const entries: { name: string; metadata: Metadata }[] = [];
  for (const [index, name] of names.entries()) {
    if (index % ENTRIES_PER_TURN === ENTRIES_PER_TURN - 1) await setImmediate();
    const stats = lstatSync(path.join(real, name), { throwIfNoEntry: false });
    if (stats !== undefined) entries.push({ name, metadata: toMetadata(stats) });
  }
  return entries;
}

export async function copyTree(from: string, to: string, recursive: boolean): Promise<bigint> {
  const stats = await fs.stat(from);
  if (stats.isDirectory() && !recursive) {
    throw new OrkError('failed-precondition', `${from} is a directory`, {
      reason: 'files.is-directory',
      hint: 'set recursive: true',
    });
  }
  await fs.cp(from, to, {
    recursive,
    errorOnExist: false,
    force: true,
    dereference: false,
    verbatimSymlinks: true,
  });
  return BigInt(stats.isDirectory() ? 0 : stats.size);
}

export async function removeEntry(real: string, recursive: boolean): Promise<void> {
  const stats = await fs.lstat(real);
  if (stats.isDirectory() && !recursive) await fs.rmdir(real);
  else await fs.rm(real, { recursive });
}

export async function hashFile(real: string, signal: AbortSignal): Promise<string> {
  await refuseSpecialFile(real);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(real, { signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export function toMetadata(stats: Stats): Metadata {
  return {
    kind: kindOf(stats),
    size: BigInt(stats.size),
    mode: stats.mode & 0o7777,
    modified: BigInt(Math.floor(stats.mtimeMs)),
  };
}

function kindOf(stats: Stats): Metadata['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

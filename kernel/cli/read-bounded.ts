import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { OrkError } from '../types/errors.ts';

const CHUNK_BYTES = 64 * 1024;

/**
 * The text of a file, at most `limit` bytes and one more: enough to tell that it is too long, whatever
 * the file is. Rejects with `not-found`, reason `cli.unreadable-file`.
 */
export async function readBounded(file: string, limit: number, hint: string): Promise<string> {
  try {
    const read = statsOf(file)?.isFile() ? readAtOnce : readWaiting;
    return (await read(file, limit + 1)).toString('utf8');
  } catch (error) {
    throw new OrkError('not-found', `cannot read ${file}: ${reasonOf(error)}`, {
      reason: 'cli.unreadable-file',
      hint,
      cause: error,
    });
  }
}

/** What a path leads to; undefined when that cannot be told, and opening it will say why. */
export function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

/** A file is there at once: having another thread read it takes longer than reading it. */
function readAtOnce(file: string, limit: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const chunks = new Chunks(limit);
    while (chunks.add(readSync(descriptor, chunks.next)));
    return chunks.joined();
  } finally {
    closeSync(descriptor);
  }
}

/** What comes through a pipe may take any time, and signals have to get through meanwhile. */
async function readWaiting(file: string, limit: number): Promise<Buffer> {
  // Loaded when it is needed: hardly ever.
  const { open } = process.getBuiltinModule('node:fs/promises');
  const handle = await open(file, 'r');
  try {
    const chunks = new Chunks(limit);
    while (chunks.add((await handle.read(chunks.next)).bytesRead));
    return chunks.joined();
  } finally {
    await handle.close();
  }
}

/** What has been read so far. */
class Chunks {
  /** Where the next bytes go. */
  next: Buffer;
  #left: number;
  readonly #full: Buffer[] = [];

  constructor(limit: number) {
    this.#left = limit;
    this.next = Buffer.alloc(Math.min(CHUNK_BYTES, limit));
  }

  /** Takes what has been read into `next`; false when it was the last. */
  add(length: number): boolean {
    this.#full.push(this.next.subarray(0, length));
    this.#left -= length;
    this.next = Buffer.alloc(Math.min(CHUNK_BYTES, this.#left));
    return length > 0 && this.#left > 0;
  }

  joined(): Buffer {
    return Buffer.concat(this.#full);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' ? 'permission denied' : message;
}

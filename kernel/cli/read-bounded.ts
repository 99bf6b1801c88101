import { open } from 'node:fs/promises';
import { OrkError } from '../types/errors.ts';

/**
 * The text of a file, at most `limit` bytes and one more: enough to tell that it is too long, whatever
 * the file is. Rejects with `not-found`, reason `cli.unreadable-file`.
 */
export async function readBounded(file: string, limit: number, hint: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      return (await readUpTo(handle, limit + 1)).toString('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new OrkError('not-found', `cannot read ${file}: ${reasonOf(error)}`, {
      reason: 'cli.unreadable-file',
      hint,
      cause: error,
    });
  }
}

interface Readable {
  read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number }>;
}

async function readUpTo(handle: Readable, limit: number): Promise<Buffer> {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await handle.read(buffer, length, limit - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' ? 'permission denied' : message;
}

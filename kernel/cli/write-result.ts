import { writeFile } from 'node:fs/promises';
import { OrkError } from '../types/errors.ts';
import type { Console } from './render/output.ts';

/**
 * Writes a command's result to a file, else to standard output. Rejects with `not-found` or `denied` for a
 * file that cannot be there, and with `io` when writing fails.
 */
export async function writeResult(
  text: string,
  file: string | undefined,
  console: Console,
): Promise<void> {
  if (file === undefined) return console.out(text);
  try {
    await writeFile(file, text);
  } catch (error) {
    throw cannotWrite(file, error as NodeJS.ErrnoException);
  }
}

function cannotWrite(file: string, error: NodeJS.ErrnoException): OrkError {
  const [code, why] = REASONS[error.code ?? ''] ?? (['io', error.message] as const);
  return new OrkError(code, `cannot write ${file}: ${why}`, {
    reason: 'cli.unwritable-file',
    hint: 'give the path of a file in a folder that is there',
    cause: error,
  });
}

const REASONS: Readonly<Record<string, readonly ['not-found' | 'denied', string]>> = {
  ENOENT: ['not-found', 'its folder does not exist'],
  ENOTDIR: ['not-found', 'its folder is a file'],
  EISDIR: ['not-found', 'it is a folder'],
  EACCES: ['denied', 'permission denied'],
  EROFS: ['denied', 'the file system is read-only'],
};

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OrkError } from '../../types/errors.ts';
import { PRIVATE_FOLDER_ROOTS } from '../../types/private-folder.ts';
import type { CallContext } from '../call-context.ts';

const NAME = /^\w[\w.-]{0,127}$/;
const MAX_FILES = 64;
const MAX_BYTES = 1024 * 1024;

export type PrivateFile = [name: string, bytes: Uint8Array];

/**
 * Writes files that only this user can read into a new folder, which goes with the call. Nothing here waits:
 * between making the folder and remembering to remove it the call cannot end. Throws `invalid-argument`.
 */
export function writePrivateFiles(
  files: readonly PrivateFile[],
  call: Pick<CallContext, 'privateFolder' | 'onEnd'>,
  roots: readonly string[] = PRIVATE_FOLDER_ROOTS,
): string {
  check(files);
  const folder = makeFolder(call.privateFolder, roots);
  call.onEnd(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, bytes] of files) {
    writeFileSync(path.join(folder, name), bytes, { flag: 'wx', mode: 0o600 });
  }
  return folder;
}

function check(files: readonly PrivateFile[]): void {
  const bytes = files.reduce((sum, [, content]) => sum + content.length, 0);
  if (files.length > MAX_FILES || bytes > MAX_BYTES) {
    throw refused(
      `a program gets at most ${MAX_FILES} private files of ${MAX_BYTES} bytes together`,
    );
  }
  const names = new Set<string>();
  for (const [name] of files) {
    if (!NAME.test(name))
      throw refused('the name of a private file is letters, digits, _, . and -');
    if (names.has(name)) throw refused(`there are two private files '${name}'`);
    names.add(name);
  }
}

function makeFolder(name: string, roots: readonly string[]): string {
  let cause: unknown;
  for (const root of roots) {
    try {
      return mkdtempSync(path.join(root, `${name}-`));
    } catch (error) {
      cause = error;
    }
  }
  throw new OrkError('io', `there is no place for private files: tried ${roots.join(', ')}`, {
    reason: 'process.no-private-folder',
    hint: 'one of them must be a folder that this user can write to',
    cause,
  });
}

function refused(message: string): OrkError {
  return new OrkError('invalid-argument', message, { reason: 'process.private-file' });
}

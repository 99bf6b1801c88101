import { type Files, type Metadata, OrkError } from '../../sdk/typescript/index.ts';

/** What is at `path`, or nothing. */
export function statIfThere(
  files: Files,
  path: string,
  options: { follow?: boolean } = {},
): Metadata | undefined {
  try {
    return files.stat(path, options);
  } catch (error) {
    if (error instanceof OrkError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** A pipe, a device or a socket: replacing it by a file is never what was meant. */
export function notRegular(path: string): OrkError {
  return new OrkError('failed-precondition', `${path} is not a regular file.`, {
    reason: 'files.not-regular',
  });
}

export function isDirectory(path: string): OrkError {
  return new OrkError('failed-precondition', `${path} is a folder.`, {
    reason: 'filesystem.is-directory',
    hint: 'Name a file in it.',
  });
}

export function alreadyExists(path: string): OrkError {
  return new OrkError('already-exists', `${path} exists already.`, {
    reason: 'filesystem.exists',
    hint: 'Set `overwrite: true`, or name another path.',
  });
}

/** True when the file has exactly this content already. */
export function holds(files: Files, path: string, existing: Metadata, bytes: Uint8Array): boolean {
  if (existing.kind !== 'file' || existing.size !== bytes.length) return false;
  const current = files.readBytes(path, bytes.length + 1);
  return current.length === bytes.length && current.every((byte, index) => byte === bytes[index]);
}

/** Makes the folders above `path`. */
export function createParents(files: Files, parent: string | undefined): void {
  if (parent !== undefined) files.makeDirectory(parent, { parents: true });
}

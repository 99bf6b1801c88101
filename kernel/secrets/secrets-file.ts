import { type FileHandle, open } from 'node:fs/promises';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { checkSecretValue, isSecretName, type SecretProvider } from './provider.ts';

const MAX_FILE_BYTES = 1024 * 1024;
/** Read and write for group and others. */
const OTHERS = 0o066;
const FORMAT = 'a secrets file is a YAML map of names to texts, e.g. API_KEY: "…"';

/** What a YAML reader makes of a text: a map, or the place and kind of its first mistake; never a part of the text. */
export type MapReading =
  | { kind: 'map'; value: JsonObject; lineOf(key: string): number }
  | { kind: 'mistake'; line: number; column: number; reason: string };

export interface SecretsFileOptions {
  /** Reads YAML, under the rules of a playbook. */
  readMap(text: string): MapReading;
  /** Who has to own the file. */
  uid: number;
}

/**
 * The secrets of `--secrets-file`. The file, or the pipe, is opened once, and what was opened is checked: it has to be
 * the user's own, and out of reach for group and others. Throws an `OrkError` with a reason `secret.file-…` or
 * `secret.too-short`, which never holds a part of the file but names of secrets.
 */
export async function readSecretsFile(
  file: string,
  { readMap, uid }: SecretsFileOptions,
): Promise<SecretProvider> {
  const reading = readMap(await readPrivate(file, uid));
  if (reading.kind === 'mistake') {
    const { line, column, reason } = reading;
    throw invalid(`${file}:${line}:${column} is not the YAML of a secrets file (${reason})`);
  }
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(reading.value)) {
    const place = `${file}:${reading.lineOf(name)}`;
    if (!isSecretName(name)) {
      throw invalid(`${place}: the name of a secret is letters, digits and _, and no digit first`);
    }
    if (typeof value !== 'string') {
      throw invalid(`${place}: the value of '${name}' is not a text`, 'put it in quotes');
    }
    checkSecretValue(name, value, place);
    values.set(name, value);
  }
  return { get: (name) => values.get(name), names: () => [...values.keys()] };
}

async function readPrivate(file: string, uid: number): Promise<string> {
  const handle = await open(file, 'r').catch((error) => {
    throw unreadable(file, error);
  });
  try {
    await requirePrivate(handle, file, uid);
    return decode(await readBounded(handle, file), file);
  } finally {
    await handle.close();
  }
}

async function requirePrivate(handle: FileHandle, file: string, uid: number): Promise<void> {
  const stats = await handle.stat();
  if (!stats.isFile() && !stats.isFIFO()) {
    throw denied(`${file} is neither a file nor a pipe`, 'give the path of a YAML file');
  }
  if (stats.uid !== uid) {
    throw denied(`${file} belongs to another user`, 'a secrets file has to be your own: copy it');
  }
  if ((stats.mode & OTHERS) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(3, '0');
    throw denied(`${file} can be read or written by others (mode ${mode})`, `chmod 600 ${file}`);
  }
}

async function readBounded(handle: FileHandle, file: string): Promise<Buffer> {
  const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle
      .read(buffer, length, buffer.length - length)
      .catch((error) => {
        throw unreadable(file, error);
      });
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  throw invalid(`${file} has more than ${MAX_FILE_BYTES} bytes`);
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(`${file} is not UTF-8 text`);
  }
}

function invalid(message: string, hint = FORMAT): OrkError {
  return new OrkError('invalid-argument', message, { reason: 'secret.file-invalid', hint });
}

function denied(message: string, hint: string): OrkError {
  return new OrkError('denied', message, { reason: 'secret.file-permissions', hint });
}

function unreadable(file: string, error: unknown): OrkError {
  const { code = 'error' } = error as NodeJS.ErrnoException;
  return new OrkError('not-found', `cannot read ${file}: ${WHY.get(code) ?? code}`, {
    reason: 'secret.file-unreadable',
    hint: FORMAT,
  });
}

const WHY = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
]);

import { realpathSync } from 'node:fs';
import type { PlaybookFile } from '../playbook/closure.ts';
import { MAX_PLAYBOOK_BYTES } from '../playbook/load.ts';
import { OrkError } from '../types/errors.ts';
import { readBounded, statsOf } from './read-bounded.ts';

/** Reads a playbook that another one calls. Rejects when there is no such file, or it is not a regular one. */
export async function readCalledPlaybook(file: string): Promise<PlaybookFile> {
  const stats = statsOf(file);
  if (stats !== undefined && !stats.isFile() && !stats.isDirectory()) {
    throw new OrkError('failed-precondition', `cannot read ${file}: it is not a regular file`);
  }
  const text = await readBounded(file, MAX_PLAYBOOK_BYTES, '');
  return { realPath: realpathSync.native(file), text };
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../types/package-root.ts';

/** The text of a file that the package brings in `kernel/cli/files`, for others than Node to read. */
export function packagedFile(name: string): Promise<string> {
  return readFile(path.join(packageRoot(), 'kernel', 'cli', 'files', name), 'utf8');
}

import { readlink, realpath } from 'node:fs/promises';
import path from 'node:path';

/** The real path of the part of an absolute path that exists, with the rest appended. */
export async function realExisting(absolute: string): Promise<string> {
  try {
    return await realpath(absolute);
  } catch (error) {
    const parent = path.dirname(absolute);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === absolute) throw error;
    const target = await readlink(absolute).catch(() => undefined);
    // A link to nothing: creating through it would make the file where it points.
    if (target !== undefined) return await realExisting(path.resolve(parent, target));
    return path.join(await realExisting(parent), path.basename(absolute));
  }
}

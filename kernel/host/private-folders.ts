import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { PRIVATE_FOLDER_ROOTS } from '../types/private-folder.ts';

/**
 * The folders that a worker makes for the private files of one call's programs. It removes them by itself;
 * only when it was killed the kernel has to, and knows them by the name that it has given out.
 */
export class PrivateFolders {
  /** What their names begin with. */
  readonly name = `ork-private-${randomUUID()}`;
  readonly #roots: readonly string[];

  constructor(roots: readonly string[] = PRIVATE_FOLDER_ROOTS) {
    this.#roots = roots;
  }

  removeAll(): void {
    for (const root of this.#roots) {
      for (const entry of entriesOf(root)) {
        if (!entry.startsWith(`${this.name}-`)) continue;
        rmSync(path.join(root, entry), { recursive: true, force: true });
      }
    }
  }
}

function entriesOf(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    return [];
  }
}

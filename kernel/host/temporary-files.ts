import { realpathSync, rmSync } from 'node:fs';
import path from 'node:path';

/** How the worker and the standard library name a file that is to replace another. */
const TEMPORARY_NAME = /^\..+\.[0-9a-z-]+\.tmp$/;

/**
 * The half-written files of one call. A worker that is killed cannot remove them; the kernel does, but
 * only what is named like one and lies where the workload may write.
 */
export class TemporaryFiles {
  readonly #roots: string[];
  readonly #files = new Set<string>();

  constructor(workspace: string, writable: string[]) {
    this.#roots = [workspace, ...writable.map((root) => path.resolve(workspace, root))];
  }

  add(file: string): void {
    this.#files.add(file);
  }

  settle(file: string): void {
    this.#files.delete(file);
  }

  removeAll(): void {
    for (const file of this.#files) if (this.#isOurs(file)) rmSync(file, { force: true });
    this.#files.clear();
  }

  #isOurs(file: string): boolean {
    if (!path.isAbsolute(file) || !TEMPORARY_NAME.test(path.basename(file))) return false;
    const folder = realFolder(path.dirname(file));
    return this.#roots.some((root) => {
      const real = realFolder(root);
      return real !== undefined && folder !== undefined && `${folder}/`.startsWith(`${real}/`);
    });
  }
}

function realFolder(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

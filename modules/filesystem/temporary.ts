import type { Files } from '../../sdk/typescript/index.ts';
import { joinPath, nameOf, parentOf } from './path.ts';

/** Names may have 255 bytes, of up to four to a character. */
const MAX_KEPT_CHARACTERS = 48;

/** A name beside `path` that nobody uses. */
export function temporarySibling(path: string): string {
  const name = `.${nameOf(path).slice(0, MAX_KEPT_CHARACTERS)}.${Math.random().toString(36).slice(2)}.tmp`;
  return joinPath(parentOf(path) ?? '', name);
}

/** For cleaning up after a failure: what it threw is what matters. */
export function removeQuietly(
  files: Files,
  path: string,
  options: { recursive?: boolean } = {},
): void {
  try {
    files.remove(path, options);
  } catch {
    // It may never have been created.
  }
}

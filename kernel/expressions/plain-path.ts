import type { Reference } from './references.ts';
import { CEL_WORDS } from './reserved-words.ts';

const PATH = /^\s*\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\s*$/;
const RESERVED = new Set(CEL_WORDS);

/**
 * What an expression reads that is nothing but a name and its fields (`.page.summary.title`), as the parser would find it;
 * undefined for any other. Most expressions are of this kind, and the parser takes long to load.
 */
export function plainPath(source: string): Reference | undefined {
  if (!PATH.test(source)) return undefined;
  const parts = Array.from(source.matchAll(/\w+/g));
  const path = parts.map(([part]) => part);
  if (path.some((part) => RESERVED.has(part))) return undefined;
  return { path, offsets: parts.map(({ index }) => index), presence: 'required' };
}

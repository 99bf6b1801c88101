import { OrkError } from '../types/errors.ts';
import { isJsonObject, type Json } from '../types/json.ts';

/** Where something lies in the tree: one element for each key, for a list the index as text. */
export type StatePath = readonly string[];

/** Everything below this key is the kernel's. */
export const KERNEL_BRANCH = '_ork';

const MAX_PATH_KEYS = 64;
const MAX_KEY_BYTES = 256;
const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/** Names that mean something else to JavaScript objects: they are no keys. */
const RESERVED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Throws `invalid-argument`, reason `state.bad-path`, for what cannot be a path. */
export function checkPath(path: StatePath): void {
  if (path.length === 0) throw badPath('it is empty', 'name at least one key');
  if (path.length > MAX_PATH_KEYS) throw badPath(`it has more than ${MAX_PATH_KEYS} keys`);
  for (const key of path) {
    const problem = problemOfKey(key);
    if (problem !== undefined) throw badPath(problem);
  }
}

/** Why a key cannot be used; undefined for one that can. */
export function problemOfKey(key: string): string | undefined {
  if (key === '') return 'a key is empty';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `a key has more than ${MAX_KEY_BYTES} bytes`;
  if (!key.isWellFormed()) return 'a key is not text';
  return RESERVED_KEYS.has(key) ? `'${key}' cannot be a key` : undefined;
}

/** What lies at a path; undefined when there is nothing. */
export function lookUp(root: Json, path: StatePath): Json | undefined {
  let found: Json | undefined = root;
  for (const key of path) {
    if (found === undefined) return undefined;
    found = childOf(found, key);
  }
  return found;
}

/** What a map or a list holds under a key; undefined for anything else. */
export function childOf(parent: Json, key: string): Json | undefined {
  if (Array.isArray(parent)) return INDEX.test(key) ? parent[Number(key)] : undefined;
  return isJsonObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
}

/** The index that a key of a list means; undefined when it is no index. */
export function indexOf(key: string): number | undefined {
  return INDEX.test(key) ? Number(key) : undefined;
}

/** A path as people write it. */
export function dotted(path: StatePath): string {
  return path.join('.');
}

function badPath(why: string, hint?: string): OrkError {
  return new OrkError('invalid-argument', `this is no path into the state: ${why}`, {
    reason: 'state.bad-path',
    ...(hint === undefined ? {} : { hint }),
  });
}

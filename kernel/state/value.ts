import { OrkError } from '../types/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../types/json.ts';
import { problemOfKey } from './path.ts';

/** How large a value is. */
export interface ValueSize {
  /** As JSON text. */
  bytes: number;
  /** About what it takes in this process: an empty map takes more than its two bytes. */
  weight: number;
}

export interface ValueLimits {
  bytes: number;
  /** Levels of maps and lists. */
  depth: number;
  /** Refuse keys that no path could name. */
  checkKeys: boolean;
}

/** One value that is written, as JSON text. */
export const MAX_VALUE_BYTES = 1024 * 1024;

/** Measured: a map without prototype takes 256 bytes before its first entry. */
export const MAP_WEIGHT = 256;
const LIST_WEIGHT = 64;
const ENTRY_WEIGHT = 24;

/**
 * Measures a value. Throws `resource-exhausted`, reason `state.value-too-large` or `state.value-too-deep`, or
 * `invalid-argument`, reason `state.bad-value`, as soon as a limit is passed.
 */
export function measure(value: Json, limits: ValueLimits): ValueSize {
  const measuring = new Measuring(limits);
  measuring.add(value, 0);
  return { bytes: measuring.bytes, weight: measuring.bytes + measuring.overhead };
}

class Measuring {
  readonly #limits: ValueLimits;
  bytes = 0;
  overhead = 0;

  constructor(limits: ValueLimits) {
    this.#limits = limits;
  }

  add(value: Json, depth: number): void {
    if (Array.isArray(value)) this.#addList(value, this.#below(depth));
    else if (isJsonObject(value)) this.#addMap(value, this.#below(depth));
    else this.#count(scalarBytes(value), ENTRY_WEIGHT);
  }

  #addList(list: Json[], depth: number): void {
    this.#count(2 + Math.max(0, list.length - 1), LIST_WEIGHT);
    for (const item of list) this.add(item, depth);
  }

  #addMap(map: JsonObject, depth: number): void {
    const keys = Object.keys(map);
    this.#count(2 + Math.max(0, keys.length - 1), MAP_WEIGHT);
    for (const key of keys) {
      const problem = this.#limits.checkKeys ? problemOfKey(key) : undefined;
      if (problem !== undefined) throw badValue(problem);
      this.#count(scalarBytes(key) + 1, ENTRY_WEIGHT);
      this.add(map[key] as Json, depth);
    }
  }

  #below(depth: number): number {
    if (depth < this.#limits.depth) return depth + 1;
    throw tooLarge(`nests deeper than ${this.#limits.depth} levels`, 'state.value-too-deep');
  }

  #count(bytes: number, overhead: number): void {
    this.bytes += bytes;
    this.overhead += overhead;
    if (this.bytes > this.#limits.bytes) {
      throw tooLarge(
        `has more than ${this.#limits.bytes} bytes as JSON`,
        'state.value-too-large',
        'read or write a smaller branch',
      );
    }
  }
}

/** A copy that shares nothing with the original; its maps have no prototype. */
export function copyValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(copyValue);
  if (!isJsonObject(value)) return value;
  const copy = emptyMap();
  for (const key of Object.keys(value)) copy[key] = copyValue(value[key] as Json);
  return copy;
}

/** A new map with what another holds, or a new list; what lies below is shared. */
export function copyShallow<T extends Json[] | JsonObject>(container: T): T {
  if (Array.isArray(container)) return [...container] as T;
  return Object.assign(emptyMap(), container) as T;
}

export function emptyMap(): JsonObject {
  return Object.create(null) as JsonObject;
}

/** Freezes a value through and through. What is frozen already is so down to its leaves. */
export function freeze(value: Json): Json {
  if (!isContainer(value) || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) freeze(child);
  Object.freeze(value);
  return value;
}

export function isContainer(value: Json | undefined): value is Json[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function scalarBytes(value: Json): number {
  return typeof value === 'string'
    ? Buffer.byteLength(JSON.stringify(value))
    : JSON.stringify(value).length;
}

function badValue(why: string): OrkError {
  return new OrkError('invalid-argument', `this value cannot be kept in the state: ${why}`, {
    reason: 'state.bad-value',
  });
}

function tooLarge(what: string, reason: string, hint?: string): OrkError {
  return new OrkError('resource-exhausted', `the value ${what}`, {
    reason,
    ...(hint === undefined ? {} : { hint }),
  });
}

import type { CelInput, CelList, CelMap, CelValue } from '@bufbuild/cel';
import type { Json, JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';

/*
 * The library copies plain objects on every access and decides by `constructor.name` and `$typeName`
 * what they are, so that a record with such keys would break or fool it. These views hand JSON to it
 * without copying, see own keys only, and keep `has()` true for a key that holds null. The library
 * recognises maps and lists by these registered symbols.
 */
const MAP = Symbol.for('@bufbuild/cel/map');
const LIST = Symbol.for('@bufbuild/cel/list');

/** JSON as a CEL value: objects and lists become views, scalars stay what they are. */
export function viewJson(value: Json): CelValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return new ListView(value) as unknown as CelList;
  return new MapView(value) as unknown as CelMap;
}

/** The JSON behind a view, or undefined when the value is none. */
export function viewedJson(value: unknown): Json[] | JsonObject | undefined {
  return value instanceof MapView || value instanceof ListView ? value.json : undefined;
}

class MapView implements ReadonlyMap<CelInput, CelInput> {
  readonly [MAP] = true;
  readonly json: JsonObject;

  constructor(json: JsonObject) {
    this.json = json;
  }

  get size(): number {
    return Object.keys(this.json).length;
  }

  get(key: unknown): CelValue | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key)) return undefined;
    const value = this.json[key];
    return value === undefined ? undefined : viewJson(value);
  }

  has(key: unknown): boolean {
    return typeof key === 'string' && Object.hasOwn(this.json, key);
  }

  forEach(callback: (value: CelInput, key: CelInput, map: this) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }

  keys(): MapIterator<string> {
    return Object.keys(this.json).values() as MapIterator<string>;
  }

  *values(): MapIterator<CelValue> {
    for (const value of Object.values(this.json)) yield viewJson(value);
  }

  *entries(): MapIterator<[string, CelValue]> {
    for (const [key, value] of Object.entries(this.json)) yield [key, viewJson(value)];
  }

  [Symbol.iterator](): MapIterator<[string, CelValue]> {
    return this.entries();
  }
}

class ListView {
  readonly [LIST] = true;
  readonly json: Json[];

  constructor(json: Json[]) {
    this.json = json;
  }

  get size(): number {
    return this.json.length;
  }

  get(index: number): CelValue | undefined {
    const value = this.json[index];
    return value === undefined ? undefined : viewJson(value);
  }

  *values(): IterableIterator<CelValue> {
    for (const value of this.json) yield viewJson(value);
  }

  [Symbol.iterator](): IterableIterator<CelValue> {
    return this.values();
  }
}

/** The keys of a map as CEL sees it: what a suggestion for a missing field is drawn from. */
export function keysOf(value: unknown): string[] {
  const json = viewedJson(value);
  return isJsonObject(json) ? Object.keys(json) : [];
}

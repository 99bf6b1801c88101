import { isJsonObject, type Json, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';

/** Text is CEL, anything else a constant. */
export type FieldSource = Json;

export interface MapParams {
  fields?: Record<string, FieldSource> | undefined;
  set?: Record<string, FieldSource> | undefined;
  remove?: string[] | undefined;
  expression?: string | undefined;
}

/**
 * `replace`: the expression yields the new record. `merge`: the expression, if there is one, yields
 * fields that are put over the record, after which others are removed.
 */
export type MapPlan =
  | { kind: 'replace'; source: string }
  | { kind: 'merge'; source: string | undefined; remove: readonly string[] };

/** What to do with each record; exactly one way of saying it is allowed. */
export function planMap({ fields, set, remove, expression }: MapParams): MapPlan {
  const merges = set !== undefined || remove !== undefined;
  const ways = [expression !== undefined, fields !== undefined, merges].filter(Boolean).length;
  if (ways !== 1) {
    const found = ways === 0 ? 'none of them is' : 'more than one is';
    throw new OrkError('invalid-argument', `data:map takes one of its ways; ${found} given.`, {
      reason: 'data.map-ways',
      hint: 'Give `expression`, or `fields`, or `set` and `remove` (alone or together).',
    });
  }
  if (expression !== undefined) return { kind: 'replace', source: expression };
  if (fields !== undefined) return { kind: 'replace', source: mapLiteral(fields) };
  return {
    kind: 'merge',
    source: set === undefined ? undefined : mapLiteral(set),
    remove: remove ?? [],
  };
}

/** One CEL map, so that a record costs one evaluation whatever the number of fields. */
export function mapLiteral(fields: Readonly<Record<string, FieldSource>>): string {
  const entries = Object.entries(fields).map(
    ([name, source]) => `${JSON.stringify(name)}: ${celValue(source)}`,
  );
  return `{${entries.join(', ')}}`;
}

/** The newline ends a comment that the expression may end with. */
function celValue(source: FieldSource): string {
  return typeof source === 'string' ? `(${source}\n)` : celConstant(source);
}

function celConstant(value: Json): string {
  // JSON's escapes are CEL's too.
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return celNumber(value);
  if (Array.isArray(value)) return `[${value.map(celConstant).join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}: ${celConstant(inner)}`,
  );
  return `{${entries.join(', ')}}`;
}

/** Whole numbers are 64-bit integers in CEL, so the large ones must not look like such. */
function celNumber(value: number): string {
  const text = String(value);
  return Number.isSafeInteger(value) || /[.e]/.test(text) ? text : `${text}.0`;
}

/** The record with the set fields over it, without the removed ones. */
export function merge(record: JsonObject, set: JsonObject, remove: readonly string[]): JsonObject {
  const merged = { ...record, ...set };
  for (const name of remove) delete merged[name];
  return merged;
}

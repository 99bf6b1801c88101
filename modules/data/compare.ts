import type { Json } from '../../sdk/typescript/index.ts';

const TYPE_ORDER = ['null', 'boolean', 'number', 'string', 'object'];

/** Orders any values: null, false, true, numbers, texts by code unit, then lists and objects. */
export function compareValues(a: Json, b: Json): number {
  const byType = TYPE_ORDER.indexOf(typeOf(a)) - TYPE_ORDER.indexOf(typeOf(b));
  if (byType !== 0) return byType;
  if (typeof a === 'object' || typeof b === 'object') {
    return compareScalars(JSON.stringify(a), JSON.stringify(b));
  }
  return compareScalars(a, b);
}

/** By the first position that differs. */
export function compareKeys(a: readonly Json[], b: readonly Json[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const order = compareValues(a[index] ?? null, b[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareScalars<T extends string | number | boolean>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function typeOf(value: Json): string {
  return value === null ? 'null' : typeof value;
}

import { isJsonObject, type Json, type JsonObject } from '../../sdk/typescript/index.ts';

/** The field of that very name, or else the one that a path with dots leads to. */
export function fieldAt(record: JsonObject, path: string): Json | undefined {
  if (Object.hasOwn(record, path)) return record[path];
  let value: Json | undefined = record;
  for (const key of path.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

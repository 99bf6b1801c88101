import { isJsonObject, type Json } from '../types/json.ts';
import type { InputType } from './model.ts';

/** True when a value is what an input's type asks for. */
export function fitsType(type: InputType, value: Json): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'list':
      return Array.isArray(value);
    case 'map':
      return isJsonObject(value);
    case 'integer':
      return Number.isSafeInteger(value);
    default:
      return typeof value === type;
  }
}

/** The type of a value in the words of the language. */
export function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : typeof value;
}

import { isJsonObject, type Json, type JsonObject } from '../../types/json.ts';

/** One property of a JSON Schema object, in words. */
export interface Property {
  name: string;
  type: string;
  required: boolean;
  /** As YAML would have it on one line; nothing when there is none. */
  fallback: string | undefined;
  description: string;
}

/** The properties that an object schema names, in its order. */
export function propertiesOf(schema: JsonObject): Property[] {
  const { properties, required } = schema;
  if (!isJsonObject(properties)) return [];
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([name, property]) => {
    const own = isJsonObject(property) ? property : {};
    const { description, default: fallback } = own;
    return {
      name,
      type: typeText(own),
      required: needed.includes(name),
      fallback: fallback === undefined ? undefined : JSON.stringify(fallback),
      description: typeof description === 'string' ? description : '',
    };
  });
}

/** Whether further properties may be given. */
export function isOpen(schema: JsonObject): boolean {
  const { additionalProperties } = schema;
  return additionalProperties !== undefined && additionalProperties !== false;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  object: 'map',
  array: 'list',
};

/** A type as people say it: `text`, `list of text`, `fail | skip`, `map of any value`. */
export function typeText(schema: JsonObject): string {
  const { type, enum: values, anyOf, items, additionalProperties, properties } = schema;
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(values)) return values.map((value) => plain(value)).join(' | ');
  if (Array.isArray(anyOf)) return unionText(anyOf);
  if (type === 'array') return isJsonObject(items) ? `list of ${innerText(items)}` : 'list';
  if (type === 'object' && isJsonObject(properties))
    return `{${Object.keys(properties).join(', ')}}`;
  if (type === 'object' && isJsonObject(additionalProperties)) {
    return `map of ${innerText(additionalProperties)}`;
  }
  if (Array.isArray(type)) return type.map((one) => typeText({ ...schema, type: one })).join(' | ');
  if (typeof type !== 'string') return 'any value';
  return `${WORDS[type] ?? type}${rangeText(schema)}`;
}

function unionText(alternatives: readonly Json[]): string {
  const texts = alternatives.filter(isJsonObject).map(typeText);
  return isAnyJson(alternatives) ? 'any value' : [...new Set(texts)].join(' | ');
}

/** zod writes "any JSON" as a union of everything, itself included. */
function isAnyJson(alternatives: readonly Json[]): boolean {
  return (
    alternatives.some((one) => isJsonObject(one) && one['type'] === 'null') &&
    alternatives.length > 3
  );
}

/** Within a list or map, alternatives need brackets. */
function innerText(schema: JsonObject): string {
  const text = typeText(schema);
  return text.includes(' | ') ? `(${text})` : text;
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The bounds of a number, where a person chose them. */
function rangeText({ type, minimum, maximum }: JsonObject): string {
  if (type !== 'integer' && type !== 'number') return '';
  const low =
    typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high =
    typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` from ${low}`;
  return high === undefined ? '' : ` up to ${high}`;
}

import { matchPatterns } from '../../playbook/checking.ts';
import { isJsonObject, type Json, type JsonObject } from '../../types/json.ts';

/** What may stand for a value of any type. */
export const TEMPLATE: JsonObject = {
  type: 'string',
  pattern: '\\{\\{',
  description: 'A template: text with {{ expression }} in it.',
};

const TO_TEMPLATE: JsonObject = { $ref: '#/$defs/template' };

/**
 * A module's params schema in which a template may stand for every value, other than for the whole and where
 * the module evaluates expressions itself (paths with `*` for any key). Refers to `#/$defs/template`.
 */
export function allowTemplates(schema: JsonObject, expressions: string[]): JsonObject {
  return below(schema, [], expressions);
}

function below(schema: JsonObject, path: string[], expressions: string[]): JsonObject {
  const { properties, items, additionalProperties } = schema;
  const changed: JsonObject = { ...schema };
  const value = (member: Json, step: string) => valueAt(member, [...path, step], expressions);
  if (isJsonObject(properties)) {
    changed['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, member]) => [name, value(member, name)]),
    );
  }
  if (items !== undefined) changed['items'] = value(items, '*');
  if (additionalProperties !== undefined) {
    changed['additionalProperties'] = value(additionalProperties, '*');
  }
  for (const union of ['anyOf', 'oneOf', 'allOf']) {
    const members = schema[union];
    if (!Array.isArray(members)) continue;
    changed[union] = members.map((member) =>
      isJsonObject(member) ? below(member, path, expressions) : member,
    );
  }
  return changed;
}

function valueAt(schema: Json, path: string[], expressions: string[]): Json {
  if (!isJsonObject(schema) || matchPatterns(expressions, path) === 'within') return schema;
  if (takesAnyText(schema)) return schema;
  const { description, default: fallback, ...rest } = schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [below(rest, path, expressions), TO_TEMPLATE],
  };
}

/** Whether a template is allowed already; a reference is always to "any JSON". */
function takesAnyText(schema: JsonObject): boolean {
  const conditions = Object.keys(schema).filter(
    (key) => !['description', 'default', 'type', 'examples'].includes(key),
  );
  if ('$ref' in schema) return true;
  return conditions.length === 0 && (schema['type'] === 'string' || schema['type'] === undefined);
}

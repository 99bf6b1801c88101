import type { Json, JsonObject } from '../types/json.ts';
import { accessPath, type Expr, stringConstant } from './ast.ts';

/** A field of a map literal: read straight from the data, or evaluated by CEL. */
export type LiteralField = { key: string } & ({ path: string[] } | { expr: Expr });

/**
 * The fields of a map literal whose keys are distinct strings; undefined for anything else. Building
 * such a map field by field spares CEL's own map, which costs most of the time of `data:map`.
 */
export function literalFields(root: Expr): LiteralField[] | undefined {
  const kind = root.exprKind;
  if (kind.case !== 'structExpr' || kind.value.messageName !== '') return undefined;
  const fields: LiteralField[] = [];
  for (const { keyKind, value, optionalEntry } of kind.value.entries) {
    const key = keyKind.case === 'mapKey' ? stringConstant(keyKind.value) : undefined;
    if (key === undefined || value === undefined || optionalEntry) return undefined;
    if (key === '__proto__' || fields.some((field) => field.key === key)) return undefined;
    const path = plainPath(value);
    fields.push(path === undefined ? { key, expr: value } : { key, path });
  }
  return fields;
}

/** What lies at the path, or undefined when CEL should say why nothing does. */
export function readPath(names: JsonObject, path: string[]): Json | undefined {
  let value: Json | undefined = names;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

function plainPath(expr: Expr): string[] | undefined {
  if (expr.exprKind.case === 'selectExpr' && expr.exprKind.value.testOnly) return undefined;
  const path = accessPath(expr);
  if (path === undefined) return undefined;
  const steps = path.steps.map(({ field }) => field);
  return steps.includes(undefined) ? undefined : [path.name, ...(steps as string[])];
}

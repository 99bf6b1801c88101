import * as z from 'zod';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import type { ModuleManifest } from '../types/manifest.ts';
import type { Path } from './source-map.ts';
import { explainIssues, type Finding } from './zod-issues.ts';

export type ParamsCheck =
  | { params: JsonObject; problems?: never }
  | { params?: never; problems: Finding[] };

const schemas = new WeakMap<ModuleManifest, z.ZodType>();

/**
 * Checks rendered params against the module's schema and fills in its defaults. Paths of problems
 * start below `params`; messages read like "params.lines: expected number, got string".
 * Throws `failed-precondition` when the manifest's own schema is unusable.
 */
export function checkParams(manifest: ModuleManifest, params: Json): ParamsCheck {
  const parsed = schemaOf(manifest).safeParse(params);
  if (parsed.success && isJsonObject(parsed.data)) return { params: parsed.data as JsonObject };
  const issues = parsed.error?.issues ?? [];
  const problems = explainIssues(issues, params, {
    label: paramLabel,
    knownKeys: (path) => propertiesAt(manifest.params, path),
  });
  return { problems: problems.map(nameUnknownParam) };
}

/** The first problem as the error that the engine reports, with all of them in its message. */
export function paramsError(manifest: ModuleManifest, problems: Finding[]): OrkError {
  const message = problems.map((problem) => problem.message).join('; ');
  const hint = problems.find((problem) => problem.hint !== undefined)?.hint;
  return new OrkError('invalid-argument', `${manifest.name}: ${message}`, {
    reason: 'params.invalid',
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A path below `params` in words: `params.steps[0].module`. */
function paramLabel(path: Path): string {
  return `params${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`;
}

function nameUnknownParam(finding: Finding): Finding {
  if (finding.kind !== 'unknown-key') return finding;
  return {
    ...finding,
    message: `unknown param '${paramLabel(finding.path).slice('params.'.length)}'`,
  };
}

function schemaOf(manifest: ModuleManifest): z.ZodType {
  let schema = schemas.get(manifest);
  if (schema === undefined) {
    schema = compileSchema(manifest);
    schemas.set(manifest, schema);
  }
  return schema;
}

function compileSchema(manifest: ModuleManifest): z.ZodType {
  try {
    return z.fromJSONSchema(manifest.params as z.core.JSONSchema.JSONSchema);
  } catch (cause) {
    const message = `the manifest of ${manifest.name} has a params schema that cannot be used`;
    throw new OrkError('failed-precondition', message, { reason: 'manifest.params', cause });
  }
}

/** The property names that a JSON Schema declares for the map at a path, alternatives together. */
function propertiesAt(schema: JsonObject, path: Path): string[] {
  let candidates: JsonObject[] = alternatives(schema);
  for (const step of path) {
    candidates = candidates
      .flatMap((candidate) => schemaBelow(candidate, step))
      .flatMap(alternatives);
  }
  return candidates.flatMap(({ properties }) =>
    isJsonObject(properties) ? Object.keys(properties) : [],
  );
}

function alternatives(schema: JsonObject): JsonObject[] {
  const branches = [schema['anyOf'], schema['oneOf'], schema['allOf']];
  const nested = branches.flatMap((branch) => (Array.isArray(branch) ? branch : []));
  return [schema, ...nested.filter(isJsonObject).flatMap(alternatives)];
}

function schemaBelow(schema: JsonObject, step: string | number): JsonObject[] {
  const { properties, items, additionalProperties } = schema;
  if (typeof step === 'number') return isJsonObject(items) ? [items] : [];
  if (isJsonObject(properties) && Object.hasOwn(properties, step)) {
    const property = properties[step];
    return isJsonObject(property) ? [property] : [];
  }
  return isJsonObject(additionalProperties) ? [additionalProperties] : [];
}

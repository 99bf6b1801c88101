import * as z from 'zod';
import { RESERVED_WORDS } from '../../playbook/names.ts';
import { playbookSchema } from '../../playbook/schema.ts';
import { IDENTIFIER_PATTERN } from '../../playbook/schema-scalars.ts';
import { isJsonObject, type JsonObject } from '../../types/json.ts';
import type { ModuleManifest } from '../../types/manifest.ts';
import { allowTemplates, TEMPLATE } from './templates.ts';

/**
 * The JSON Schema (draft 2020-12) of playbooks, for editors. What `ork validate` accepts, it accepts; it
 * refuses what can be said of one place: unknown keys, types, fields of another lifecycle, params of these
 * modules. Names and expressions are left to `ork validate`.
 */
export function playbookJsonSchema(modules: readonly ModuleManifest[]): JsonObject {
  const schema = z.toJSONSchema(playbookSchema, {
    io: 'input',
    target: 'draft-2020-12',
    // Any JSON value is written as a schema without a condition.
    unrepresentable: 'any',
    override: ({ jsonSchema, path }) => addLostRules(jsonSchema as JsonObject, path),
  }) as JsonObject;
  const workload = schemaAt(schema, ['properties', 'workloads', 'items']);
  const process = schemaAt(workload, ['properties', 'process']);
  schemaAt(workload, ['properties'])['process'] = { $ref: '#/$defs/process' };
  const { $schema, ...rest } = schema;
  return {
    $schema: $schema ?? '',
    title: 'ORK playbook v1.0.0',
    ...rest,
    $defs: {
      template: TEMPLATE,
      workload: { ...workload, ...RULES_OF_WORKLOADS },
      process: processSchema(process, modules),
      params: Object.fromEntries(modules.map((module) => [module.name, paramsSchema(module)])),
    },
    properties: {
      ...schemaAt(schema, ['properties']),
      workloads: {
        ...schemaAt(schema, ['properties', 'workloads']),
        items: { $ref: '#/$defs/workload' },
      },
    },
  };
}

/** What zod checks by code, or says in words of its own. */
function addLostRules(schema: JsonObject, path: readonly (string | number)[]): void {
  if (schema['pattern'] === IDENTIFIER_PATTERN) schema['not'] = { enum: [...RESERVED_WORDS] };
  // zod's own word, beside the pattern that says the same.
  if (schema['format'] === 'starts_with') delete schema['format'];
  const last = path.at(-1);
  if (last !== 'readiness' && last !== 'liveness') return;
  schema['oneOf'] = ['exec', 'http', 'tcp', 'log_line'].map((kind) => ({ required: [kind] }));
}

function ofPolicy(condition: JsonObject): JsonObject {
  return {
    properties: { lifecycle: { properties: { policy: condition }, required: ['policy'] } },
    required: ['lifecycle'],
  };
}

function without(fields: string[]): JsonObject {
  return { properties: Object.fromEntries(fields.map((field) => [field, false])) };
}

/** Fields that exclude or need each other. */
const RULES_OF_WORKLOADS: JsonObject = {
  dependentRequired: { loop_control: ['loop'] },
  dependentSchemas: { loop: without(['stream_inputs']) },
  allOf: [
    {
      if: ofPolicy({ const: 'supervise' }),
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: without(['when', 'loop', 'loop_control', 'retry', 'register', 'ignore_errors']),
    },
    {
      if: ofPolicy({ enum: ['event_driven', 'scheduled'] }),
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: without(['stream_inputs']),
    },
    {
      if: ofPolicy({ enum: ['supervise', 'event_driven', 'scheduled'] }),
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { finally: { const: false } } },
    },
  ],
};

/** A process whose params depend on its module; modules that are not known here may have any. */
function processSchema(process: JsonObject, modules: readonly ModuleManifest[]): JsonObject {
  const module = schemaAt(process, ['properties', 'module']);
  const known = modules.map(({ name, summary }) => ({ const: name, description: summary }));
  return {
    ...process,
    properties: {
      ...schemaAt(process, ['properties']),
      module: { ...module, anyOf: [...known, { type: 'string' }] },
    },
    allOf: modules.map(({ name, params }) => ({
      if: { properties: { module: { const: name } }, required: ['module'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: {
        properties: { params: { $ref: `#/$defs/params/${name}` } },
        ...(Array.isArray(params['required']) && params['required'].length > 0
          ? { required: ['params'] }
          : {}),
      },
    })),
  };
}

/** The params of a module as a playbook has them: with templates. Inner references get their new place. */
function paramsSchema({ name, params, expressions, summary }: ModuleManifest): JsonObject {
  const { $schema: _, ...schema } = params;
  const text = JSON.stringify(allowTemplates(schema, expressions));
  const moved = text.replaceAll('"#/$defs/', `"#/$defs/params/${name}/$defs/`);
  const placed = JSON.parse(
    moved.replaceAll(`"#/$defs/params/${name}/$defs/template"`, '"#/$defs/template"'),
  ) as JsonObject;
  // The steps of a pipeline are processes themselves.
  if (name === 'stream:pipeline') {
    schemaAt(placed, ['properties', 'steps'])['items'] = { $ref: '#/$defs/process' };
  }
  return { description: summary, ...placed };
}

function schemaAt(schema: JsonObject, path: string[]): JsonObject {
  return path.reduce((above, step) => {
    const below = above[step];
    if (isJsonObject(below)) return below;
    throw new Error(`the schema of playbooks has nothing at ${path.join('.')}`);
  }, schema);
}

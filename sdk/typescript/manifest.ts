import * as z from 'zod';
import { OrkError } from '../../kernel/types/errors.ts';
import type { JsonObject } from '../../kernel/types/json.ts';
import {
  CAPABILITIES,
  type Capability,
  CONTRACT,
  type FamilyManifest,
  type ModuleManifest,
} from '../../kernel/types/manifest.ts';
import { type Family, type Module, qualifiedName } from './define.ts';

/** The manifest of a family, derived from its definitions; runs in Node when a component is built. */
export function deriveManifest(family: Family): FamilyManifest {
  const modules = family.modules.map((module) => moduleManifest(family.family, module));
  return {
    family: family.family,
    version: family.version,
    contract: CONTRACT,
    layer: family.layer,
    description: family.description,
    license: family.license,
    capabilities: sorted(modules.flatMap((module) => module.capabilities)),
    modules,
  };
}

function moduleManifest(family: string, module: Module): ModuleManifest {
  const name = qualifiedName(family, module.name);
  return {
    name,
    summary: module.summary,
    params: closed(objectSchema(name, 'params', module.params)),
    result: objectSchema(name, 'result', module.result),
    stream: module.stream,
    ports: [...module.ports],
    expressions: [...module.expressions],
    code: [...module.code],
    capabilities: sorted(known(name, module.capabilities)),
    idempotent: module.idempotent,
    supports_dry_run: module.supportsDryRun,
    reusable: module.reusable,
    examples: module.examples.map(({ description, params }) => ({ description, params })),
  };
}

/** Types are not checked when a module is built: a misspelt capability would be lost without a word. */
function known(module: string, capabilities: readonly Capability[]): readonly Capability[] {
  const unknown = capabilities.find((capability) => !CAPABILITIES.includes(capability));
  if (unknown === undefined) return capabilities;
  throw new OrkError(
    'invalid-argument',
    `${module} declares '${unknown}', which is no capability.`,
    {
      reason: 'manifest.unknown-capability',
      hint: `There are: ${CAPABILITIES.join(', ')}.`,
    },
  );
}

/** In the order of the contract, each once. */
function sorted(capabilities: readonly Capability[]): Capability[] {
  return CAPABILITIES.filter((capability) => capabilities.includes(capability));
}

function objectSchema(module: string, what: string, schema: z.ZodType): JsonObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' }) as JsonObject;
  if (json['type'] === 'object') return json;
  throw new OrkError('invalid-argument', `The ${what} of ${module} must be a zod object.`, {
    reason: 'manifest.not-an-object',
    hint: 'Use z.object({ … }), and check what a schema cannot say inside perform.',
  });
}

/** A misspelt param must be an error, so objects are closed unless they say that they are not. */
function closed(schema: JsonObject): JsonObject {
  return 'additionalProperties' in schema ? schema : { ...schema, additionalProperties: false };
}

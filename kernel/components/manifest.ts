import * as z from 'zod';
import { asOrkError, OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import {
  CAPABILITIES,
  CONTRACT,
  type FamilyManifest,
  MANIFEST_SECTION,
  STREAM_ROLES,
} from '../types/manifest.ts';
import { MalformedBytes } from './byte-reader.ts';
import { readCustomSection } from './custom-section.ts';

/** Far above what a family needs (the largest of ours has 20 KB). */
const MAX_MANIFEST_BYTES = 1024 * 1024;

const identifier = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);
const moduleName = z.string().regex(/^[a-z][a-z0-9_]{0,63}(:[a-z][a-z0-9_]{0,63})?$/);
const line = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\r\n]*$/, 'must be one line');
const paramPath = z.string().min(1).max(200);
const jsonObject = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;
const objectSchema = z.looseObject({
  type: z.literal('object'),
}) as unknown as z.ZodType<JsonObject>;
/** Within the folder of the index. */
const relativePath = z.string().regex(/^[a-z0-9_]+(\/[a-z0-9_]+)?\.(js|wasm)$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const moduleManifest = z.strictObject({
  name: moduleName,
  summary: line,
  params: objectSchema,
  result: objectSchema,
  stream: z.enum(STREAM_ROLES),
  ports: z.array(identifier).max(16),
  expressions: z.array(paramPath).max(64),
  code: z.array(paramPath).max(64),
  capabilities: z.array(z.enum(CAPABILITIES)),
  idempotent: z.boolean(),
  supports_dry_run: z.boolean(),
  reusable: z.boolean(),
  examples: z
    .array(z.strictObject({ description: z.string().max(500), params: jsonObject }))
    .max(50),
});

const familyManifest: z.ZodType<FamilyManifest> = z
  .strictObject({
    family: identifier,
    version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'must be a version like 1.2.3'),
    contract: z.literal(CONTRACT),
    layer: z.number().int().min(1).max(6),
    description: z.string().min(1).max(2000),
    license: z.string().min(1).max(100),
    capabilities: z.array(z.enum(CAPABILITIES)),
    modules: z.array(moduleManifest).min(1).max(100),
  })
  .superRefine((manifest, context) => {
    for (const message of contradictions(manifest)) context.addIssue({ code: 'custom', message });
  });

/** What each field allows by itself and the whole does not. */
function contradictions(manifest: FamilyManifest): string[] {
  const { family, capabilities, modules } = manifest;
  const names = modules.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const foreign = names.filter((name) => name !== family && !name.startsWith(`${family}:`));
  const undeclared = modules.flatMap((module) =>
    module.capabilities
      .filter((capability) => !capabilities.includes(capability))
      .map((capability) => `${module.name} needs '${capability}', the family does not declare it`),
  );
  return [
    ...twice.map((name) => `the module ${name} is there twice`),
    ...foreign.map((name) => `the module ${name} does not belong to the family ${family}`),
    ...undeclared,
  ];
}

/** Where the pieces of a built family are, with their digests; paths are relative to the index. */
const indexedFamily = z.strictObject({
  family: identifier,
  wasm: relativePath,
  sha256,
  manifest: familyManifest,
  glue: z.strictObject({ path: relativePath, sha256 }),
  /** By the name under which the glue asks for them; the files are `cores/<sha256>.wasm`. */
  cores: z.record(z.string(), sha256),
  /** A digest of everything that went into the build. */
  buildKey: sha256,
});

const moduleIndex = z.strictObject({
  version: z.literal(1),
  families: z.array(indexedFamily),
});

/** `build/modules/index.json`. */
export type ModuleIndex = z.infer<typeof moduleIndex>;
export type IndexedFamily = z.infer<typeof indexedFamily>;

/** Checks a manifest that came out of a component. */
export function parseManifest(json: unknown, source: string): FamilyManifest {
  return check(familyManifest, json, `The manifest of ${source}`, 'manifest.invalid');
}

/** The text of an `index.json`, checked. */
export function parseModuleIndex(text: string, file: string): ModuleIndex {
  return check(moduleIndex, parseJson(text, file), file, 'modules.invalid-index');
}

/** The manifest inside a component, checked; reads the bytes only, runs nothing. */
export function readManifest(component: Uint8Array, source: string): FamilyManifest {
  const section = findSection(component, source);
  if (section.length > MAX_MANIFEST_BYTES) {
    throw invalid(`The manifest of ${source} has ${section.length} bytes.`);
  }
  return parseManifest(parseJson(decodeText(section, source), source), source);
}

function decodeText(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalid(`The manifest of ${source} is not UTF-8.`, error);
  }
}

function parseJson(text: string, source: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw invalid(`${source} does not hold JSON: ${asOrkError(error).message}.`, error);
  }
}

function findSection(component: Uint8Array, source: string): Uint8Array {
  try {
    const section = readCustomSection(component, MANIFEST_SECTION);
    if (section !== undefined) return section;
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error;
    throw invalid(`${source} is not a component that can be read: ${error.message}`, error);
  }
  throw invalid(`${source} has no manifest: it is not an ORK module.`);
}

function check<T>(schema: z.ZodType<T>, json: unknown, what: string, reason: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const where = first?.path.length ? ` at ${first.path.join('.')}` : '';
  const message = `${what} is not valid${where}: ${first?.message ?? 'unknown'}.`;
  throw new OrkError('invalid-argument', message, { reason });
}

function invalid(message: string, cause?: unknown): OrkError {
  return new OrkError('invalid-argument', message, { reason: 'manifest.invalid', cause });
}

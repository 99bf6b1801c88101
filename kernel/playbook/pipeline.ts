import type { Json, JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import { CAPABILITIES, type ModuleManifest } from '../types/manifest.ts';

/** The module that runs others, one after the other, in one worker. */
export const PIPELINE = 'stream:pipeline';

/** One entry of a pipeline's `steps`, as far as it can be read. */
export interface PipelineStep {
  /** Empty when the step names none. */
  module: string;
  params: JsonObject;
}

/** The steps that a pipeline's params list; empty unless they are a list. */
export function stepsOf({ steps }: JsonObject): PipelineStep[] {
  if (!Array.isArray(steps)) return [];
  return steps.map((step) => {
    const { module, params } = isJsonObject(step) ? step : {};
    return {
      module: typeof module === 'string' ? module : '',
      params: isJsonObject(params) ? params : {},
    };
  });
}

/**
 * What holds for one workload: the manifest of its module, and for a pipeline one that is put together from
 * its steps: stream role and ports, expressions and code in their params, the union of what they need.
 */
export function effectiveManifest(
  module: string,
  params: JsonObject,
  find: (name: string) => ModuleManifest | undefined,
): ModuleManifest | undefined {
  const manifest = find(module);
  return manifest === undefined || module !== PIPELINE
    ? manifest
    : combine(manifest, stepsOf(params), find);
}

function combine(
  pipeline: ModuleManifest,
  steps: PipelineStep[],
  find: (name: string) => ModuleManifest | undefined,
): ModuleManifest {
  const manifests = steps.map(({ module }) => find(module));
  const known = manifests.filter((manifest) => manifest !== undefined);
  const below = (field: 'expressions' | 'code'): string[] =>
    manifests.flatMap((manifest, index) =>
      (manifest?.[field] ?? []).map((path) => `steps.${index}.params.${path}`),
    );
  return {
    ...pipeline,
    stream: roleOf(steps, manifests),
    ports: [...new Set(known.flatMap(({ ports }) => ports))],
    expressions: below('expressions'),
    code: below('code'),
    capabilities: CAPABILITIES.filter((name) =>
      known.some(({ capabilities }) => capabilities.includes(name)),
    ),
    idempotent: known.every(({ idempotent }) => idempotent),
    supports_dry_run: known.every(({ supports_dry_run }) => supports_dry_run),
    reusable: known.every(({ reusable }) => reusable),
  };
}

/** A step that is not known may do both: it is reported elsewhere. */
function roleOf(
  steps: PipelineStep[],
  manifests: (ModuleManifest | undefined)[],
): ModuleManifest['stream'] {
  const [first] = manifests;
  const last = manifests.at(-1);
  const takes = first === undefined || readsStream(first);
  const gives = last === undefined || writesStream(last, steps.at(-1)?.params ?? {});
  if (takes) return gives ? 'transform' : 'consumer';
  return gives ? 'producer' : 'none';
}

/** Whether the module takes a stream. */
export function readsStream({ stream }: ModuleManifest): boolean {
  return stream === 'consumer' || stream === 'transform';
}

/** Whether the module gives a stream, with these params. */
export function writesStream(manifest: ModuleManifest, params: JsonObject): boolean {
  const writes = manifest.stream === 'producer' || manifest.stream === 'transform';
  return writes && streamIsOn(manifest, params);
}

/**
 * A module whose param `stream` defaults to `none` (`exec`) or false (`data:format`) produces records only when asked
 * to. A template there may turn out either way.
 */
export function streamIsOn(manifest: ModuleManifest, params: JsonObject): boolean {
  const setting = streamSetting(manifest, params);
  return setting !== 'none' && setting !== false;
}

/** The value of the param `stream`; undefined for a module that has none. */
export function streamSetting(
  { params: schema }: ModuleManifest,
  params: JsonObject,
): Json | undefined {
  const properties = schema['properties'];
  const param = isJsonObject(properties) ? properties['stream'] : undefined;
  const fallback = isJsonObject(param) ? param['default'] : undefined;
  return fallback === undefined ? undefined : (params['stream'] ?? fallback);
}

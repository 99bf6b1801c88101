import type { ModuleRegistry } from '../components/registry.ts';
import type { PerformRequest, StepRequest } from '../host/perform.ts';
import { checkParams, paramsError } from '../playbook/params.ts';
import { PIPELINE, type PipelineStep, stepsOf } from '../playbook/pipeline.ts';
import { asOrkError, OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import type { ModuleManifest } from '../types/manifest.ts';

/** Which code a module is. */
export interface ModuleFacts {
  module: string;
  family: string;
  version: string;
  /** Of the component, in hexadecimal. */
  sha256: string;
}

/** What a worker is asked to run: one module, or the steps of a pipeline. */
export interface PreparedModule {
  request: Pick<
    PerformRequest,
    'component' | 'module' | 'params' | 'capabilities' | 'reusable' | 'steps'
  >;
  /** What the worker loads for it, each module once. */
  modules: ModuleFacts[];
  /** It can say what it would change; of a pipeline, every step can. */
  supportsDryRun: boolean;
}

/**
 * Checks rendered params against the schemas of the module and, for a pipeline, of its steps, and fills in
 * defaults. Throws `invalid-argument`, `params.invalid`, naming the step.
 */
export function prepareModule(
  registry: ModuleRegistry,
  module: string,
  rendered: Json,
): PreparedModule {
  const { manifest } = registry.describe(module);
  const params = checkedParams(manifest, rendered);
  if (module === PIPELINE) return preparePipeline(registry, stepsOf(params));
  const { ports: _, ...request } = prepareStep(registry, module, params);
  return {
    request,
    modules: [factsOf(registry, module)],
    supportsDryRun: manifest.supports_dry_run,
  };
}

function preparePipeline(registry: ModuleRegistry, listed: PipelineStep[]): PreparedModule {
  const steps = listed.map(({ module, params }, index) => {
    try {
      return prepareStep(
        registry,
        module,
        checkedParams(registry.describe(module).manifest, params),
      );
    } catch (error) {
      const details = asOrkError(error).toDetails();
      const message = `step ${index + 1}: ${details.message}`;
      throw OrkError.fromDetails({ ...details, message });
    }
  });
  const { component } = steps[0] as StepRequest;
  const capabilities = [...new Set(steps.flatMap((step) => step.capabilities))];
  const request = { component, module: PIPELINE, params: {}, capabilities, reusable: false, steps };
  const supportsDryRun = steps.every(
    ({ module }) => registry.describe(module).manifest.supports_dry_run,
  );
  const names = new Set(steps.map(({ module }) => module));
  const modules = Array.from(names, (name) => factsOf(registry, name));
  return { request, modules, supportsDryRun };
}

function prepareStep(registry: ModuleRegistry, module: string, params: JsonObject): StepRequest {
  const { component, manifest } = registry.get(module);
  const { capabilities, reusable, ports } = manifest;
  return { component, module, params, capabilities, reusable, ports };
}

function factsOf(registry: ModuleRegistry, module: string): ModuleFacts {
  const { family, version, sha256 } = registry.get(module);
  return { module, family: family.family, version, sha256 };
}

/** Rendered params with the defaults of their module. Throws `invalid-argument`, reason `params.invalid`. */
export function checkedParams(manifest: ModuleManifest, rendered: Json): JsonObject {
  const { params, problems } = checkParams(manifest, rendered);
  if (params === undefined) throw paramsError(manifest, problems);
  return params;
}

import { literalTemplate } from '../expressions/scanner.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { splitStreamInput } from './check-streams.ts';
import { compileLifecycle } from './compile-lifecycle.ts';
import {
  compileLoop,
  compileRetry,
  mergeSecurity,
  mergeStatePolicies,
  mergeStreamPolicies,
} from './compile-policies.ts';
import type { LoadedPlaybook } from './load.ts';
import type { InputDeclaration, Playbook, Workload } from './model.ts';
import { asWorkloadName } from './names.ts';
import type { PlaybookInput, WorkloadInput } from './schema.ts';
import type { Path } from './source-map.ts';

/**
 * The playbook with its defaults filled in, from input that has passed all checks. Strings tagged
 * `!raw` become templates that render to their text.
 */
export function compilePlaybook(input: PlaybookInput, loaded: LoadedPlaybook): Playbook {
  const { concurrency } = input;
  return {
    name: input.name,
    schemaVersion: input.schemaVersion,
    ...(input.description === undefined ? {} : { description: input.description }),
    inputs: compileInputs(input.inputs),
    vars: input.vars ?? {},
    outputs: keepRaw(input.outputs ?? {}, ['outputs'], loaded) as JsonObject,
    ...(input.timeout === undefined ? {} : { timeout: input.timeout }),
    ...(concurrency === undefined
      ? {}
      : { concurrency: { key: concurrency.key, policy: concurrency.policy ?? 'queue' } }),
    ...(input.max_parallel === undefined ? {} : { maxParallel: input.max_parallel }),
    workloads: input.workloads.map((workload, index) =>
      compileWorkload(workload, ['workloads', index], input, loaded),
    ),
  };
}

function compileInputs(inputs: PlaybookInput['inputs'] = {}): Record<string, InputDeclaration> {
  const entries = Object.entries(inputs).map(([name, { type = 'any', description, ...rest }]) => [
    name,
    {
      type,
      ...(rest.default === undefined ? {} : { default: rest.default }),
      ...(description === undefined ? {} : { description }),
    },
  ]);
  return Object.fromEntries(entries);
}

function compileWorkload(
  input: WorkloadInput,
  path: Path,
  playbook: PlaybookInput,
  loaded: LoadedPlaybook,
): Workload {
  const params = keepRaw(input.process.params ?? {}, [...path, 'process', 'params'], loaded);
  const loop = compileLoop(input);
  return {
    name: asWorkloadName(input.name),
    ...(input.description === undefined ? {} : { description: input.description }),
    lifecycle: compileLifecycle(input.lifecycle),
    process: { module: input.process.module, params: params as JsonObject },
    dependsOn: [...new Set(input.depends_on ?? [])].map(asWorkloadName),
    streamInputs: (input.stream_inputs ?? []).map((text) => {
      const { workload: name, port } = splitStreamInput(text);
      return { workload: asWorkloadName(name), port };
    }),
    ...(input.register === undefined ? {} : { register: input.register }),
    ...(input.when === undefined ? {} : { when: input.when }),
    ...(loop === undefined
      ? {}
      : { loop: { ...loop, items: keepRaw(loop.items, [...path, 'loop'], loaded) } }),
    ...(input.retry === undefined ? {} : { retry: compileRetry(input.retry) }),
    ...(input.timeout === undefined ? {} : { timeout: input.timeout }),
    ignoreErrors: input.ignore_errors ?? false,
    finally: input.finally ?? false,
    ...(input.on_crash === undefined ? {} : { onCrash: input.on_crash }),
    statePolicy: mergeStatePolicies(playbook.state_policy, input.state_policy),
    streamPolicy: mergeStreamPolicies(playbook.stream_policy, input.stream_policy),
    securityContext: mergeSecurity(playbook.security_context, input.security_context),
  };
}

function keepRaw(value: Json, path: Path, loaded: LoadedPlaybook): Json {
  if (typeof value === 'string') return loaded.isRaw(path) ? literalTemplate(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => keepRaw(item, [...path, index], loaded));
  }
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([key, member]) => [key, keepRaw(member, [...path, key], loaded)]),
  );
}

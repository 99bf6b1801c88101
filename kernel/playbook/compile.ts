import { literalTemplate } from '../expressions/scanner.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { splitStreamInput } from './check-streams.ts';
import type { LoadedPlaybook } from './load.ts';
import type { Playbook, SecurityContext, StreamPolicy, Workload } from './model.ts';
import { asWorkloadName } from './names.ts';
import type { PlaybookInput, SecurityInput, StreamPolicyInput, WorkloadInput } from './schema.ts';
import type { Path } from './source-map.ts';

const DEFAULT_STREAM_POLICY: StreamPolicy = {
  bufferSize: 1024,
  bufferBytes: 4 * 1024 * 1024,
  overflow: 'block',
};

/**
 * The playbook with its defaults filled in, from input that has passed all checks. Strings tagged
 * `!raw` become templates that render to their text.
 */
export function compilePlaybook(input: PlaybookInput, loaded: LoadedPlaybook): Playbook {
  const playbook: Playbook = {
    name: input.name,
    schemaVersion: input.schemaVersion,
    vars: input.vars ?? {},
    outputs: keepRaw(input.outputs ?? {}, ['outputs'], loaded) as JsonObject,
    workloads: input.workloads.map((workload, index) =>
      compileWorkload(workload, ['workloads', index], input, loaded),
    ),
  };
  if (input.description !== undefined) playbook.description = input.description;
  if (input.timeout !== undefined) playbook.timeout = input.timeout;
  if (input.max_parallel !== undefined) playbook.maxParallel = input.max_parallel;
  return playbook;
}

function compileWorkload(
  input: WorkloadInput,
  path: Path,
  playbook: PlaybookInput,
  loaded: LoadedPlaybook,
): Workload {
  const params = keepRaw(input.process.params ?? {}, [...path, 'process', 'params'], loaded);
  const workload: Workload = {
    name: asWorkloadName(input.name),
    lifecycle: { policy: 'run_once' },
    process: { module: input.process.module, params: params as JsonObject },
    dependsOn: [...new Set(input.depends_on ?? [])].map(asWorkloadName),
    streamInputs: (input.stream_inputs ?? []).map((text) => {
      const { workload: name, port } = splitStreamInput(text);
      return { workload: asWorkloadName(name), port };
    }),
    ignoreErrors: input.ignore_errors ?? false,
    streamPolicy: mergeStreamPolicies(playbook.stream_policy, input.stream_policy),
    securityContext: mergeSecurity(playbook.security_context, input.security_context),
  };
  if (input.description !== undefined) workload.description = input.description;
  if (input.register !== undefined) workload.register = input.register;
  if (input.when !== undefined) workload.when = input.when;
  if (input.timeout !== undefined) workload.timeout = input.timeout;
  return workload;
}

function mergeStreamPolicies(
  playbook: StreamPolicyInput | undefined,
  workload: StreamPolicyInput | undefined,
): StreamPolicy {
  const { buffer_size, buffer_bytes } = { ...playbook, ...workload };
  return {
    ...DEFAULT_STREAM_POLICY,
    ...(buffer_size === undefined ? {} : { bufferSize: buffer_size }),
    ...(buffer_bytes === undefined ? {} : { bufferBytes: buffer_bytes }),
  };
}

function mergeSecurity(
  playbook: SecurityInput | undefined,
  workload: SecurityInput | undefined,
): SecurityContext {
  const filesystem = { ...playbook?.filesystem, ...workload?.filesystem };
  return {
    sandbox: workload?.sandbox ?? playbook?.sandbox ?? 'default',
    filesystem: { read: filesystem.read ?? [], write: filesystem.write ?? [] },
    env: workload?.env ?? playbook?.env ?? [],
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

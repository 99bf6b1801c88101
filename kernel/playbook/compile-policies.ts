import { CODE_TABLE } from '../types/error-codes.ts';
import { ERROR_CODES, type ErrorCode } from '../types/errors.ts';
import type {
  Loop,
  ResourceLimits,
  RetryPolicy,
  SecurityContext,
  StatePolicy,
  StreamPolicy,
} from './model.ts';
import type { SecurityInput, StreamPolicyInput, WorkloadInput } from './schema.ts';
import type { RetryInput, StatePolicyInput } from './schema-policies.ts';

const DEFAULT_STREAM_POLICY: StreamPolicy = {
  bufferSize: 1024,
  bufferBytes: 4 * 1024 * 1024,
  overflow: 'block',
};

/** Failures that may pass by: nothing that the playbook, the grants or the data are to blame for. */
const RETRYABLE: ErrorCode[] = ERROR_CODES.filter((code) => CODE_TABLE[code].retried);

export const DEFAULT_LOOP_VARIABLE = 'item';

/** The playbook's policy with the workload's fields over it; the same holds for the ones below. */
export function mergeStreamPolicies(
  playbook: StreamPolicyInput | undefined,
  workload: StreamPolicyInput | undefined,
): StreamPolicy {
  const { buffer_size, buffer_bytes, overflow } = { ...playbook, ...workload };
  return {
    bufferSize: buffer_size ?? DEFAULT_STREAM_POLICY.bufferSize,
    bufferBytes: buffer_bytes ?? DEFAULT_STREAM_POLICY.bufferBytes,
    overflow: overflow ?? DEFAULT_STREAM_POLICY.overflow,
  };
}

export function mergeStatePolicies(
  playbook: StatePolicyInput | undefined,
  workload: StatePolicyInput | undefined,
): StatePolicy {
  const { access = 'copy_on_write', read } = { ...playbook, ...workload };
  return read === undefined ? { access } : { access, read };
}

export function mergeSecurity(
  playbook: SecurityInput = {},
  workload: SecurityInput = {},
): SecurityContext {
  const merged = { ...playbook, ...workload };
  const filesystem = { ...playbook.filesystem, ...workload.filesystem };
  const network = { ...playbook.network, ...workload.network };
  const namespaces = { ...playbook.namespaces, ...workload.namespaces };
  const limits = compileLimits({ ...playbook.resource_limits, ...workload.resource_limits });
  const profile = merged.seccomp_profile_path;
  return {
    sandbox: merged.sandbox ?? 'default',
    filesystem: { read: filesystem.read ?? [], write: filesystem.write ?? [] },
    env: merged.env ?? [],
    network: { connect: network.connect ?? [], listen: network.listen ?? [] },
    ...(profile === undefined ? {} : { seccompProfilePath: profile }),
    ...(Object.keys(limits).length === 0 ? {} : { resourceLimits: limits }),
    ...(Object.keys(namespaces).length === 0 ? {} : { namespaces: defined(namespaces) }),
    ...(merged.run_as === undefined ? {} : { runAs: merged.run_as }),
  };
}

function compileLimits(input: NonNullable<SecurityInput['resource_limits']>): ResourceLimits {
  return defined({
    memoryBytes: input.memory_bytes,
    cpuQuotaUs: input.cpu_quota_us,
    cpuPeriodUs: input.cpu_period_us,
    pidsMax: input.pids_max,
    workspaceBytes: input.workspace_bytes,
  });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(object: T): Defined<T> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}

export function compileRetry(input: RetryInput): RetryPolicy {
  const delay = input.delay ?? Math.min(1000, input.max_delay ?? 1000);
  return {
    attempts: input.attempts,
    delay,
    factor: input.factor ?? 2,
    // A longer delay that was written is meant.
    maxDelay: input.max_delay ?? Math.max(30_000, delay),
    jitter: input.jitter ?? true,
    on: input.on ?? RETRYABLE,
  };
}

export function compileLoop({ loop, loop_control: control = {} }: WorkloadInput): Loop | undefined {
  if (loop === undefined) return undefined;
  const { parallel, loop_var, index_var, fail_fast } = control;
  return {
    items: loop,
    parallel: parallel ?? 1,
    loopVar: loop_var ?? DEFAULT_LOOP_VARIABLE,
    ...(index_var === undefined ? {} : { indexVar: index_var }),
    failFast: fail_fast ?? true,
  };
}

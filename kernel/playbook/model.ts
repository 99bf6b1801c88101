import type { ErrorCode } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';

declare const workloadName: unique symbol;

/** A workload's name, checked against the language's rule for identifiers. */
export type WorkloadName = string & { readonly [workloadName]: true };

/** Where something stands in a playbook file; line and column count from 1. */
export interface SourcePosition {
  file: string;
  line: number;
  column: number;
  /** How many characters the caret underlines, at least 1. */
  length: number;
}

/** One finding about a playbook. */
export interface Problem {
  severity: 'error' | 'warning';
  /** Stable and machine-readable, e.g. `playbook.unknown-key`. */
  reason: string;
  message: string;
  hint?: string;
  position?: SourcePosition;
}

export type OverflowPolicy = 'block' | 'drop_new' | 'drop_old' | 'fail';

export interface StreamPolicy {
  /** Records that a channel holds. */
  bufferSize: number;
  /** Bytes that a channel holds. */
  bufferBytes: number;
  overflow: OverflowPolicy;
}

export interface StatePolicy {
  access: 'copy_on_write' | 'read_only';
  /** Branches that the module may read, as dotted paths; undefined when the playbook says nothing. */
  read?: string[];
}

/** What a workload may reach; a field that is missing was not written and means the default. */
export interface SecurityContext {
  sandbox: 'default' | 'required' | 'none';
  /** Paths beyond the workspace, as written; relative ones start at the workspace. */
  filesystem: { read: string[]; write: string[] };
  /** Names of environment variables that the workload may see. */
  env: string[];
  network: { connect: string[]; listen: string[] };
  seccompProfilePath?: string;
  resourceLimits?: ResourceLimits;
  namespaces?: Partial<Record<'pid' | 'mount' | 'ipc' | 'uts' | 'net', boolean>> & {
    user?: boolean | 'auto';
  };
  runAs?: string | number;
}

export interface ResourceLimits {
  memoryBytes?: number;
  cpuQuotaUs?: number;
  cpuPeriodUs?: number;
  pidsMax?: number;
  workspaceBytes?: number;
}

export interface StreamSource {
  workload: WorkloadName;
  /** `main`, or a port of the producing module. */
  port: string;
}

/** Durations in milliseconds. */
export interface Backoff {
  base: number;
  max: number;
  factor: number;
  jitter: boolean;
  resetAfter: number;
}

export type ProbeKind =
  | { kind: 'exec'; command: string[] }
  | { kind: 'http'; port: number; host: string; path: string; status?: number }
  | { kind: 'tcp'; port: number; host: string }
  | { kind: 'log_line'; pattern: string };

/** Durations in milliseconds. */
export type Probe = ProbeKind & {
  interval: number;
  timeout: number;
  initialDelay: number;
  successThreshold: number;
  failureThreshold: number;
};

export interface SuperviseLifecycle {
  policy: 'supervise';
  restartPolicy: 'always' | 'on_failure' | 'never';
  backoff: Backoff;
  burst?: { restarts: number; within: number };
  stop: { signal: string; grace: number };
  readiness?: Probe;
  liveness?: Probe;
}

export interface EventDrivenLifecycle {
  policy: 'event_driven';
  source: StreamSource;
  maxInstances: number;
  queue: number;
  isolation: 'shared' | 'worker';
}

export interface ScheduledLifecycle {
  policy: 'scheduled';
  cron: string;
  timezone: string;
  overlap: 'skip' | 'queue' | 'allow';
  catchUp: 'none' | 'one' | 'all';
}

export type Lifecycle =
  | { policy: 'run_once' }
  | SuperviseLifecycle
  | EventDrivenLifecycle
  | ScheduledLifecycle;

export interface Loop {
  /** A list, or a template that yields one. */
  items: Json;
  parallel: number;
  loopVar: string;
  indexVar?: string;
  failFast: boolean;
}

/** Durations in milliseconds. */
export interface RetryPolicy {
  /** In all, the first one included. */
  attempts: number;
  delay: number;
  factor: number;
  maxDelay: number;
  jitter: boolean;
  /** The codes that are tried again. */
  on: ErrorCode[];
}

export interface Workload {
  name: WorkloadName;
  description?: string;
  lifecycle: Lifecycle;
  process: { module: string; params: JsonObject };
  dependsOn: WorkloadName[];
  streamInputs: StreamSource[];
  register?: string;
  /** A template that must yield a boolean. */
  when?: Json;
  loop?: Loop;
  retry?: RetryPolicy;
  /** Milliseconds for one attempt. */
  timeout?: number;
  ignoreErrors: boolean;
  /** Runs after everything else of its run, whatever the outcome. */
  finally: boolean;
  /** What becomes of it when the daemon died while it ran; the module's manifest decides if undefined. */
  onCrash?: 'rerun' | 'fail';
  /** The playbook's policies with the workload's fields over them. */
  statePolicy: StatePolicy;
  streamPolicy: StreamPolicy;
  securityContext: SecurityContext;
}

export type InputType = 'string' | 'number' | 'integer' | 'boolean' | 'list' | 'map' | 'any';

/** A parameter of a playbook; required when it has no default. */
export interface InputDeclaration {
  type: InputType;
  default?: Json;
  description?: string;
}

export interface Playbook {
  name: string;
  schemaVersion: 'v1.0.0';
  description?: string;
  inputs: Record<string, InputDeclaration>;
  vars: JsonObject;
  outputs: JsonObject;
  /** Milliseconds for a whole run. */
  timeout?: number;
  concurrency?: { key: string; policy: 'queue' | 'skip' | 'replace' };
  maxParallel?: number;
  workloads: Workload[];
}

/**
 * Why one workload comes before another: it was named in `depends_on`, its result is read by a
 * template, its records are consumed, or they are the events of an event_driven workload.
 */
export type EdgeKind = 'order' | 'state' | 'stream' | 'trigger';

export interface Edge {
  from: WorkloadName;
  to: WorkloadName;
  kind: EdgeKind;
  /** Of a stream edge: the port of `from`. */
  port?: string;
}

export interface Graph {
  /** In the order of the playbook. */
  nodes: WorkloadName[];
  edges: Edge[];
  /** Workloads joined by streams; each node is in exactly one group, most in one of their own. */
  groups: WorkloadName[][];
  /**
   * Workloads whose `when` reads the status or error of another: `to` needs `from` only to have ended.
   * Keys are the names of handlers.
   */
  handlers: Map<WorkloadName, Set<WorkloadName>>;
}

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

export interface StreamPolicy {
  /** Records that a channel holds. */
  bufferSize: number;
  /** Bytes that a channel holds. */
  bufferBytes: number;
  overflow: 'block';
}

/** The part of a security_context that this version can honour; the rest of the language is refused, never ignored. */
export interface SecurityContext {
  sandbox: 'default' | 'none';
  /** Paths beyond the workspace, as written; relative ones start at the workspace. */
  filesystem: { read: string[]; write: string[] };
  /** Names of environment variables that the workload may see. */
  env: string[];
}

export interface StreamSource {
  workload: WorkloadName;
  /** `main`, or a port of the producing module. */
  port: string;
}

export interface Workload {
  name: WorkloadName;
  description?: string;
  lifecycle: { policy: 'run_once' };
  process: { module: string; params: JsonObject };
  dependsOn: WorkloadName[];
  streamInputs: StreamSource[];
  register?: string;
  /** A template that must yield a boolean. */
  when?: Json;
  /** Milliseconds for one attempt. */
  timeout?: number;
  ignoreErrors: boolean;
  /** The playbook's policy with the workload's fields over it. */
  streamPolicy: StreamPolicy;
  securityContext: SecurityContext;
}

export interface Playbook {
  name: string;
  schemaVersion: 'v1.0.0';
  description?: string;
  vars: JsonObject;
  outputs: JsonObject;
  /** Milliseconds for a whole run. */
  timeout?: number;
  maxParallel?: number;
  workloads: Workload[];
}

/**
 * Why one workload comes before another: it was named in `depends_on`, its result is read by a
 * template, or its records are consumed.
 */
export type EdgeKind = 'order' | 'state' | 'stream';

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

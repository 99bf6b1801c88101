import type { ErrorCode } from '../../types/errors.ts';
import type { Json, JsonObject } from '../../types/json.ts';

/** Which channel: from a port of one workload to another workload. */
interface ChannelDetail {
  from: string;
  port: string;
  to: string;
  /** 0 to 1: how full, by records or bytes, whichever is more. */
  ipc_channel_fill_ratio: number;
}

/** What each kind of event says besides when, who, and which workload of which run. */
interface AuditDetails {
  /** `sha256`: of the playbook and of all that it calls. `parent`: the run that one inside it belongs to. */
  'run.started': { playbook: string; sha256: string; parent?: string };
  'run.stopping': { cause: string };
  'run.finished': {
    status: string;
    duration_ms: number;
    code?: ErrorCode;
    reason?: string;
    not_enforced: string[];
  };
  /** `reason`: its dependencies are satisfied, it handles a failure, or it runs finally. */
  'workload.scheduled': { reason: string };
  'workload.started': Record<never, never>;
  'workload.ready': Record<never, never>;
  'workload.retrying': {
    item?: number;
    attempt: number;
    attempts: number;
    delay_ms: number;
    code: ErrorCode;
    reason: string;
  };
  'workload.finished': {
    status: string;
    attempts: number;
    duration_ms: number;
    code?: ErrorCode;
    reason?: string;
    /** Failed, and the playbook says to go on. */
    ignored?: true;
    records_out?: number;
    /** Of a loop: how many items ended in which way. */
    items?: Record<string, number>;
  };
  'workload.skipped': { reason: string };
  /** Dotted path; either the rule that allows it, or the reason of the refusal. */
  'state.access':
    | { operation: string; path: string; granted: string }
    | { operation: string; path: string; denied: string };
  'state.branch-copied': { path: string };
  /** What holds for the worker of a workload, as read back from the system where it can be, not as asked for. */
  'security.applied': { enforced: JsonObject; not_enforced: string[] };
  'stream.backpressure-engaged': ChannelDetail & { queued: number };
  'stream.backpressure-released': ChannelDetail & { queued: number };
  /** Records wait in a channel: told every ten seconds. */
  'stream.fill': ChannelDetail & { queued: number };
  'stream.ended': ChannelDetail & {
    records: number;
    drops: number;
    discarded: number;
    high_water: number;
    back_pressure: number;
  };
  /** `sha256`: of its component, as the index of modules has it. */
  'module.loaded': { module: string; family: string; version: string; sha256: string };
  'module.verified': { module: string; sha256: string; key: string };
  'module.refused': { module: string; sha256?: string; reason: string };
  /** A host call of a module whose manifest does not declare it, or that its grants forbid. */
  'capability.denied': { call: string; reason: string };
}

export type AuditEventName = keyof AuditDetails;

/** One decision or happening, as it goes into the audit log. */
export type AuditEvent = {
  [Name in AuditEventName]: {
    event: Name;
    /** Milliseconds since the epoch. */
    time: number;
    workload?: string;
    /** Of a run inside the one that the log is about: its id. */
    run?: string;
    detail: AuditDetails[Name];
  };
}[AuditEventName];

/** An event with the names that the log writes: what is not said is null. */
export interface AuditEntry {
  event: string;
  /** Milliseconds since the epoch. */
  time: number;
  /** On whose behalf, e.g. `user:alice`. */
  actor: string;
  workload: string | null;
  run: string | null;
  detail: Json;
}

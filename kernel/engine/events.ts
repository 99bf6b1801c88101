import type { LogLine } from '../host/call-session.ts';
import type { WorkloadName } from '../playbook/model.ts';
import type { StatePath } from '../state/path.ts';
import type { StateAccess } from '../state/workload-state.ts';
import type { ChannelStats } from '../streams/channel.ts';
import type { ErrorDetails } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import type { ModuleFacts } from './pipeline.ts';
import type { StartReason } from './plan.ts';
import type { ChannelName, PressureEvent } from './wiring.ts';

/** How a workload, or an item of its loop, can stand at the end of a run. */
export type FinalStatus = 'Completed' | 'Failed' | 'Skipped' | 'Canceled';

/** What became of one execution of a module: a workload's, or that of one item of its loop. */
export interface ExecutionResult {
  status: FinalStatus;
  /** Null when it did not get that far. */
  summary: JsonObject | null;
  error: ErrorDetails | null;
  /** How often the module was called. */
  attempts: number;
  durationMs: number;
  /** Why it was skipped. */
  reason?: string;
  /** A dry run: what it would have done is not known any closer. */
  wouldRun?: true;
}

/** What became of one workload. */
export interface WorkloadResult extends ExecutionResult {
  /** Milliseconds since the epoch; null when it never started. */
  startedAt: number | null;
  /** Failed, but `ignore_errors` lets the run go on as if it were Completed. */
  ignored?: true;
  /** Records written on all ports. */
  recordsOut?: number;
  /** Of a loop: one for each item, in their order. */
  results?: ExecutionResult[];
}

/** What a run tells while it goes on. */
export type RunEvent = Happening & {
  /** Of a run inside the run that tells it: its id. */
  within?: string;
};

type Happening =
  | { event: 'run.started'; runId: string; playbook: string; source: Source; time: number }
  | { event: 'run.stopping'; cause: StopCause; time: number }
  | { event: 'workload.scheduled'; workload: WorkloadName; reason: StartReason; time: number }
  | ({ event: 'security.applied'; workload: WorkloadName; time: number } & Enforcement)
  | ({ event: 'module.loaded'; workload: WorkloadName; time: number } & ModuleFacts)
  | { event: 'workload.started'; workload: WorkloadName; time: number }
  | { event: 'workload.output'; workload: WorkloadName; time: number; line: LogLine }
  | { event: 'workload.ready'; workload: WorkloadName; time: number; summary: JsonObject }
  | ({ event: 'workload.retrying'; workload: WorkloadName; time: number } & Retry)
  | ({ event: 'workload.item'; workload: WorkloadName; time: number } & ItemEnd)
  | { event: 'workload.finished'; workload: WorkloadName; time: number; result: WorkloadResult }
  | ({ event: 'stream.pressure'; time: number } & PressureEvent)
  | ({ event: 'stream.fill'; time: number; stats: ChannelStats } & ChannelName)
  | ({ event: 'stream.stats'; time: number; stats: ChannelStats } & ChannelName)
  | ({ event: 'state.access'; workload: WorkloadName; time: number } & StateAccess)
  | { event: 'state.branch-copied'; workload: WorkloadName; time: number; path: StatePath }
  | { event: 'capability.denied'; workload: WorkloadName; time: number; call: string }
  | ({ event: 'playbook.started'; workload: WorkloadName; time: number } & CalledPlaybook)
  | {
      event: 'playbook.finished';
      workload: WorkloadName;
      time: number;
      report: Omit<RunReport, 'outputs' | 'workloads'>;
    }
  | { event: 'run.finished'; time: number; report: RunReport };

/** What a run is made from. */
export interface Source {
  /** SHA-256 in hexadecimal of the playbook and of all that it calls; computed when it is asked for. */
  readonly digest: string;
}

/** A run inside the run begins. */
interface CalledPlaybook {
  runId: string;
  /** The id of the run that the calling workload belongs to. */
  parent: string;
  playbook: string;
  source: Source;
}

/** What holds for the worker of a workload, and what of the default does not. */
interface Enforcement {
  enforced: JsonObject;
  notEnforced: string[];
}

/** What made a run stop before its time. */
export type StopCause = 'interrupted' | 'timeout' | 'fail-fast' | 'audit';

/** A failed attempt that is followed by another one. */
export interface Retry {
  /** Of a loop: which item, from 0. */
  item?: number;
  /** The one that failed; counts from 1. */
  attempt: number;
  attempts: number;
  delayMs: number;
  error: ErrorDetails;
}

/** An item of a loop has come to its end. */
export interface ItemEnd {
  /** From 0. */
  item: number;
  items: number;
  status: FinalStatus;
}

/** A whole run, as `--output json` prints it. */
export interface RunReport {
  runId: string;
  playbook: string;
  status: 'Completed' | 'Failed' | 'Canceled';
  dryRun: boolean;
  startedAt: number;
  durationMs: number;
  outputs: JsonObject;
  workloads: Map<WorkloadName, WorkloadResult>;
  /** Protections of the default sandbox that were not in force. */
  notEnforced: string[];
  /** What ended the run as a whole (its own timeout, an output that could not be rendered). */
  error: ErrorDetails | null;
}

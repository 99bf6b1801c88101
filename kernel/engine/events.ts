import type { LogLine } from '../host/call-session.ts';
import type { WorkloadName } from '../playbook/model.ts';
import type { ErrorDetails } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';

/** How a workload can stand at the end of a run. */
export type FinalStatus = 'Completed' | 'Failed' | 'Skipped' | 'Canceled';

/** What became of one workload. */
export interface WorkloadResult {
  status: FinalStatus;
  /** Null when it did not get that far. */
  summary: JsonObject | null;
  error: ErrorDetails | null;
  attempts: number;
  /** Milliseconds since the epoch; null when it never started. */
  startedAt: number | null;
  durationMs: number;
  /** Why it was skipped. */
  reason?: string;
  /** Failed, but `ignore_errors` lets the run go on as if it were Completed. */
  ignored?: true;
  /** Records written on all ports. */
  recordsOut?: number;
}

/** What a run tells while it goes on. */
export type RunEvent =
  | { event: 'run.started'; runId: string; playbook: string; time: number }
  | { event: 'workload.started'; workload: WorkloadName; time: number }
  | { event: 'workload.output'; workload: WorkloadName; time: number; line: LogLine }
  | { event: 'workload.finished'; workload: WorkloadName; time: number; result: WorkloadResult }
  | { event: 'run.finished'; time: number; report: RunReport };

/** A whole run, as `--output json` prints it. */
export interface RunReport {
  runId: string;
  playbook: string;
  status: 'Completed' | 'Failed' | 'Canceled';
  startedAt: number;
  durationMs: number;
  outputs: JsonObject;
  workloads: Map<WorkloadName, WorkloadResult>;
  /** Protections of the default sandbox that were not in force. */
  notEnforced: string[];
  /** What ended the run as a whole (its own timeout, an output that could not be rendered). */
  error: ErrorDetails | null;
}

import type { ModuleRegistry } from '../components/registry.ts';
import type { LogLine } from '../host/call-session.ts';
import type { WorkerPool } from '../host/worker-pool.ts';
import type { CheckedPlaybook } from '../playbook/call.ts';
import type { SecurityContext, Workload } from '../playbook/model.ts';
import type { LaunchPlanner } from '../sandbox/launch-planner.ts';
import type { JsonObject } from '../types/json.ts';
import type { ItemEnd, Retry, RunReport } from './events.ts';
import type { PlaybookCall } from './nested-runs.ts';
import type { ModuleFacts } from './pipeline.ts';
import type { PreparedSandbox } from './prepare-sandbox.ts';
import type { RunScope } from './run-scope.ts';

/** What running one workload needs of its run. */
export interface RunnerContext {
  registry: ModuleRegistry;
  pool: WorkerPool;
  scope: RunScope;
  workspace: string;
  hostEnvironment: NodeJS.ProcessEnv;
  launches: LaunchPlanner;
  /** Modules say what they would change, and change nothing. */
  dryRun: boolean;
  /** The playbooks that workloads call. */
  calls?: CheckedPlaybook['calls'];
  /** Of a run inside a run: no workload may do more. */
  ceiling?: SecurityContext;
  /** Fires when the workload is to stop. */
  stop: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
  uuid(): string;
  /** From 0 up to 1. */
  random(): number;
  onLog(line: LogLine): void;
  /** A worker is about to be used that was launched so, and in which the operating system has this in force. */
  onLaunch(sandbox: PreparedSandbox, enforced: JsonObject): void;
  /** The worker has what it is to run. */
  onLoaded(modules: ModuleFacts[]): void;
  /** A module is about to be called for the first time. */
  onStarted(): void;
  onReady(summary: JsonObject): void;
  onRetry(retry: Retry): void;
  /** A module has made a host call that it may not make. */
  onDenied(call: string): void;
  onItem(end: ItemEnd): void;
  /** Runs another playbook inside this run; it is interrupted when the signal fires. */
  call(call: PlaybookCall, signal: AbortSignal): Promise<RunReport>;
}

/** Milliseconds that an attempt has, after its timeout or a stop, to end by itself. */
export const STOP_GRACE_MS = 5_000;

/** How long a `finally` may take that says nothing of its timeout, in milliseconds. */
const FINALLY_TIMEOUT_MS = 30_000;

/** Milliseconds for one attempt of a workload; undefined: no bound. */
export function timeoutOf({ timeout, finally: isFinal }: Workload): number | undefined {
  return timeout ?? (isFinal ? FINALLY_TIMEOUT_MS : undefined);
}

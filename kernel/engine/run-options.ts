import type { ModuleRegistry } from '../components/registry.ts';
import type { WorkerPool } from '../host/worker-pool.ts';
import type { Redactor } from '../observability/redaction/redactor.ts';
import type { CheckedPlaybook } from '../playbook/call.ts';
import type { Graph, Playbook, SecurityContext, WorkloadName } from '../playbook/model.ts';
import type { LaunchPlanner } from '../sandbox/launch-planner.ts';
import type { RunEvent, Source } from './events.ts';

/** What one run of a playbook is made from. */
export interface RunOptions {
  /** With the values of its inputs among its vars. */
  playbook: Playbook;
  graph: Graph;
  /** What the playbook was made from. */
  source: Source;
  registry: ModuleRegistry;
  /** Closed with the run. */
  pool: WorkerPool;
  runId: string;
  /** Absolute. */
  workspace: string;
  hostEnvironment: NodeJS.ProcessEnv;
  /** How workers are started. */
  launches: LaunchPlanner;
  /** Groups at once; wins over the playbook's `max_parallel`. */
  maxParallel?: number;
  /** Of this machine; as many groups run at once, at least 2, when nothing else is said. */
  cores: number;
  /** The first failure stops everything else. */
  failFast: boolean;
  /** Modules say what they would change, and change nothing. */
  dryRun: boolean;
  /** Only these run, and what they depend on; everything when undefined. */
  selected?: ReadonlySet<WorkloadName>;
  /** The value of a secret; undefined when there is none. The redactor knows every value that comes from here. */
  secret(name: string): string | undefined;
  /** The playbooks that workloads call, by the name of the workload; those of a checked playbook. */
  calls?: CheckedPlaybook['calls'];
  /**
   * Of a run inside a run: what the workload that called for it may do. No workload may do more, and the pool belongs
   * to the outer run.
   */
  ceiling?: SecurityContext;
  /** Removes secrets from events and report. An empty one leaves them in: for a run inside a run. */
  redactor: Redactor;
  /** Milliseconds since the epoch. */
  now(): number;
  uuid(): string;
  /** From 0 up to 1. */
  random(): number;
  onEvent(event: RunEvent): void;
}

import type { WorkloadName } from '../playbook/model.ts';

/**
 * What the plan knows of a workload. `Ready` is a service that goes on while its dependents run. A workload is skipped
 * by its own `when`, by an upstream that failed, by not being selected, or because a dry run cannot know its result.
 */
export type WorkloadState =
  | { status: 'Pending' }
  | { status: 'Running' }
  | { status: 'Ready' }
  | { status: 'Stopping' }
  | { status: 'Completed' }
  | { status: 'Failed'; ignored: boolean }
  | { status: 'Skipped'; by: SkipCause }
  | { status: 'Canceled' };

/** What follows `Pending`: no workload returns to that. */
export type LaterState = Exclude<WorkloadState, { status: 'Pending' }>;

export type SkipCause = 'when' | 'upstream' | 'selection' | 'dry-run';

/**
 * The state of every workload of a run, all `Pending` at first. Indexed by what a plan asks for, so that planning costs
 * what is left to do, not the length of the playbook.
 */
export class WorkloadStates {
  readonly #states: Map<WorkloadName, WorkloadState>;
  readonly #pending: Set<WorkloadName>;
  readonly #running = new Set<WorkloadName>();
  readonly #open: Set<WorkloadName>;
  #hasBlocker = false;

  /** In the order of the playbook. */
  constructor(workloads: Iterable<WorkloadName>) {
    const pending: WorkloadState = { status: 'Pending' };
    this.#states = new Map([...workloads].map((name) => [name, pending]));
    this.#pending = new Set(this.#states.keys());
    this.#open = new Set(this.#states.keys());
  }

  /** Those that wait for their start, in the order of the playbook. */
  get pending(): ReadonlySet<WorkloadName> {
    return this.#pending;
  }

  get running(): ReadonlySet<WorkloadName> {
    return this.#running;
  }

  /** Those that have not come to their end, in the order of the playbook. */
  get open(): ReadonlySet<WorkloadName> {
    return this.#open;
  }

  /** Whether any workload has ended in a way that can keep another from starting. */
  get hasBlocker(): boolean {
    return this.#hasBlocker;
  }

  get(workload: WorkloadName): WorkloadState | undefined {
    return this.#states.get(workload);
  }

  entries(): IterableIterator<[WorkloadName, WorkloadState]> {
    return this.#states.entries();
  }

  set(workload: WorkloadName, state: LaterState): void {
    this.#states.set(workload, state);
    this.#pending.delete(workload);
    if (state.status === 'Running') this.#running.add(workload);
    else this.#running.delete(workload);
    if (hasEnded(state)) this.#open.delete(workload);
    this.#hasBlocker ||= canBlock(state);
  }
}

function hasEnded({ status }: WorkloadState): boolean {
  return (
    status === 'Completed' || status === 'Failed' || status === 'Skipped' || status === 'Canceled'
  );
}

function canBlock(state: WorkloadState): boolean {
  switch (state.status) {
    case 'Failed':
      return !state.ignored;
    case 'Skipped':
      return state.by === 'upstream' || state.by === 'dry-run';
    default:
      return state.status === 'Canceled';
  }
}

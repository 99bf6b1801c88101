import type { JsonObject } from '../types/json.ts';
import type { StateBase } from './base.ts';
import type { AccessPolicy } from './policy.ts';
import { StateView } from './view.ts';
import { type StateListener, WorkloadState } from './workload-state.ts';

/** The state as one run sees it, and a door to it for each of its workloads. */
export class RunState {
  readonly #view: StateView;
  readonly #listener: StateListener;
  readonly #workloads = new Map<string, WorkloadState>();

  /** `kernel` becomes `_ork`; its `workloads` follows `recordWorkload`. */
  constructor(base: StateBase, kernel: JsonObject, listener: StateListener) {
    this.#view = new StateView(base, kernel);
    this.#listener = listener;
  }

  /** All attempts and loop items of a workload share one door. */
  of(workload: string, policy: AccessPolicy): WorkloadState {
    return this.#workloads.getOrInsertComputed(
      workload,
      () => new WorkloadState(this.#view, workload, policy, this.#listener),
    );
  }

  /** Makes a workload's result, which must not change any more, what `_ork.workloads.NAME` shows. */
  recordWorkload(name: string, entry: JsonObject): void {
    this.#view.recordWorkload(name, entry);
  }
}

import type { ComponentFiles } from '../components/registry.ts';
import type { LaunchPlan } from '../sandbox/launch-plan.ts';
import { OrkError } from '../types/errors.ts';
import { WorkerProcess } from './worker-process.ts';

interface Idle {
  worker: WorkerProcess;
  /** Nothing of its last workload is left. */
  clean: Promise<boolean>;
}

/**
 * The workers of one run. A worker that has served a workload may serve another of the same run that
 * asks for the very same launch; none outlives the run.
 */
export class WorkerPool {
  readonly #workers = new Set<WorkerProcess>();
  /** By what they were launched with. */
  readonly #idle = new Map<string, Idle[]>();
  readonly #keys = new WeakMap<WorkerProcess, string>();
  /** Settled when nothing of a worker is left on the host. */
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;

  /** Starts a worker ahead of its use. What stands in the way is told when one is acquired. */
  warm(plan: LaunchPlan): void {
    try {
      this.#keep(this.#start(plan), Promise.resolve(true));
    } catch (error) {
      if (!(error instanceof OrkError)) throw error;
    }
  }

  /** Tells the idle workers what they will probably be asked for. */
  preload(component: ComponentFiles): void {
    for (const { worker } of [...this.#idle.values()].flat()) worker.preload(component);
  }

  /** Rejects with `resource-exhausted` when no worker can be started. */
  async acquire(plan: LaunchPlan): Promise<WorkerProcess> {
    const idle = this.#idle.get(plan.key) ?? [];
    for (let next = idle.pop(); next !== undefined; next = idle.pop()) {
      const { worker, clean } = next;
      if ((await clean) && this.#workers.has(worker)) return worker;
      worker.kill();
    }
    if (this.#closed) throw new OrkError('canceled', 'the run is over', { reason: 'run.over' });
    return this.#start(plan);
  }

  /**
   * Takes a worker back. One whose workload was stopped is ended: what goes on in it is not known.
   * Resolves when it may be relied on that nothing of it is left, or that it is idle.
   */
  async release(worker: WorkerProcess, clean: boolean): Promise<void> {
    if (clean && !this.#closed && this.#workers.has(worker)) {
      this.#keep(worker, worker.reset());
      return;
    }
    worker.kill();
    await worker.died;
  }

  /** Ends every worker at once, with whatever runs in it; resolves when all are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const worker of this.#workers) worker.kill();
    await Promise.all(this.#leaving);
  }

  #start(plan: LaunchPlan): WorkerProcess {
    const worker = WorkerProcess.start(plan);
    this.#workers.add(worker);
    this.#keys.set(worker, plan.key);
    const leaving = worker.gone();
    this.#leaving.add(leaving);
    void worker.died.then(() => this.#workers.delete(worker));
    void leaving.then(() => this.#leaving.delete(leaving));
    return worker;
  }

  #keep(worker: WorkerProcess, clean: Promise<boolean>): void {
    const key = this.#keys.get(worker) as string;
    const idle = this.#idle.get(key);
    if (idle === undefined) this.#idle.set(key, [{ worker, clean }]);
    else idle.push({ worker, clean });
  }
}

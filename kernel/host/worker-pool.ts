import type { ComponentFiles } from '../components/registry.ts';
import type { LaunchPlan } from '../sandbox/launch.ts';
import { OrkError } from '../types/errors.ts';
import { WorkerProcess } from './worker-process.ts';

/**
 * The workers of one run. A worker that has served a workload may serve another of the same run that
 * asks for the very same launch; none outlives the run.
 */
export class WorkerPool {
  readonly #workers = new Set<WorkerProcess>();
  /** Ready for use, by what they were launched with. */
  readonly #idle = new Map<string, WorkerProcess[]>();
  readonly #keys = new WeakMap<WorkerProcess, string>();
  #closed = false;

  /** Starts a worker ahead of its use. What stands in the way is told when one is acquired. */
  warm(plan: LaunchPlan): void {
    try {
      this.#keep(this.#start(plan));
    } catch (error) {
      if (!(error instanceof OrkError)) throw error;
    }
  }

  /** Tells the idle workers what they will probably be asked for. */
  preload(component: ComponentFiles): void {
    for (const worker of [...this.#idle.values()].flat()) worker.preload(component);
  }

  /** Throws `resource-exhausted` when no worker can be started. */
  acquire(plan: LaunchPlan): WorkerProcess {
    const idle = this.#idle.get(keyOf(plan)) ?? [];
    for (let worker = idle.pop(); worker !== undefined; worker = idle.pop()) {
      if (this.#workers.has(worker)) return worker;
    }
    return this.#start(plan);
  }

  /**
   * Takes a worker back. One whose workload was stopped is ended: what goes on in it is not known.
   * Resolves when it may be relied on that nothing of it is left, or that it is idle.
   */
  async release(worker: WorkerProcess, clean: boolean): Promise<void> {
    if (clean && !this.#closed && this.#workers.has(worker)) {
      this.#keep(worker);
      return;
    }
    worker.kill();
    await worker.died;
  }

  /** Ends every worker at once, with whatever runs in it; resolves when all are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const workers = [...this.#workers];
    for (const worker of workers) worker.kill();
    await Promise.all(workers.map((worker) => worker.died));
  }

  #start(plan: LaunchPlan): WorkerProcess {
    const worker = WorkerProcess.start(plan);
    this.#workers.add(worker);
    this.#keys.set(worker, keyOf(plan));
    void worker.died.then(() => this.#workers.delete(worker));
    return worker;
  }

  #keep(worker: WorkerProcess): void {
    const key = this.#keys.get(worker) as string;
    const idle = this.#idle.get(key);
    if (idle === undefined) this.#idle.set(key, [worker]);
    else idle.push(worker);
  }
}

function keyOf({ command, args, env, cwd }: LaunchPlan): string {
  return JSON.stringify([command, args, env, cwd]);
}

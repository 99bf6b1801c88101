import type { WorkerPool } from '../host/worker-pool.ts';
import type { WorkerProcess } from '../host/worker-process.ts';
import type { LaunchPlan } from '../sandbox/launch.ts';

interface Shared {
  worker: WorkerProcess;
  users: number;
  retired: boolean;
}

/**
 * The worker of one workload, which all its items and attempts share, each in a component instance of its own. It is
 * taken from the pool when it is first needed. After a call that had to be stopped it takes no more calls: what
 * goes on in it is not known; the next call gets another worker.
 */
export class WorkerLease {
  readonly #pool: WorkerPool;
  #current: Shared | undefined;

  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  /** Lets `call` use the worker; it tells whether it left the worker clean. */
  async use<T>(
    plan: LaunchPlan,
    call: (worker: WorkerProcess) => Promise<{ result: T; clean: boolean }>,
  ): Promise<T> {
    const shared = this.#acquire(plan);
    shared.users += 1;
    let clean = false;
    try {
      const outcome = await call(shared.worker);
      clean = outcome.clean;
      return outcome.result;
    } finally {
      shared.users -= 1;
      if (!clean) this.#retire(shared);
      if (shared.retired && shared.users === 0) await this.#pool.release(shared.worker, false);
    }
  }

  /** Gives the worker back; call it when nothing uses it any more. */
  async release(): Promise<void> {
    const shared = this.#current;
    this.#current = undefined;
    if (shared !== undefined && !shared.retired) await this.#pool.release(shared.worker, true);
  }

  #acquire(plan: LaunchPlan): Shared {
    if (this.#current?.worker.alive) return this.#current;
    this.#current = { worker: this.#pool.acquire(plan), users: 0, retired: false };
    return this.#current;
  }

  #retire(shared: Shared): void {
    shared.retired = true;
    if (this.#current === shared) this.#current = undefined;
  }
}

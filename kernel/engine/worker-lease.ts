import type { WorkerPool } from '../host/worker-pool.ts';
import type { WorkerProcess } from '../host/worker-process.ts';
import type { LaunchPlan } from '../sandbox/launch-plan.ts';

interface Shared {
  worker: Promise<WorkerProcess>;
  /** The same, once it is there. */
  arrived?: WorkerProcess;
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
      const outcome = await call(await shared.worker);
      clean = outcome.clean;
      return outcome.result;
    } finally {
      shared.users -= 1;
      if (!clean) this.#retire(shared);
      if (shared.retired && shared.users === 0) await this.#giveBack(shared, false);
    }
  }

  /** Gives the worker back; call it when nothing uses it any more. */
  async release(): Promise<void> {
    const shared = this.#current;
    this.#current = undefined;
    if (shared !== undefined && !shared.retired) await this.#giveBack(shared, true);
  }

  async #giveBack({ arrived }: Shared, clean: boolean): Promise<void> {
    if (arrived !== undefined) await this.#pool.release(arrived, clean);
  }

  #acquire(plan: LaunchPlan): Shared {
    if (this.#current !== undefined && this.#current.arrived?.alive !== false) return this.#current;
    const shared: Shared = { worker: this.#pool.acquire(plan), users: 0, retired: false };
    shared.worker.then(
      (worker) => {
        shared.arrived = worker;
      },
      () => {},
    );
    this.#current = shared;
    return shared;
  }

  #retire(shared: Shared): void {
    shared.retired = true;
    if (this.#current === shared) this.#current = undefined;
  }
}

import { expect, test } from 'vitest';
import type { WorkerPool } from '../host/worker-pool.ts';
import type { WorkerProcess } from '../host/worker-process.ts';
import type { LaunchPlan } from '../sandbox/launch-plan.ts';
import { WorkerLease } from './worker-lease.ts';

const plan = {} as LaunchPlan;

function setUp() {
  const workers: { id: number; alive: boolean }[] = [];
  const released: string[] = [];
  const pool = {
    acquire: async () => {
      const worker = { id: workers.length, alive: true };
      workers.push(worker);
      return worker as unknown as WorkerProcess;
    },
    release: async (worker: WorkerProcess, clean: boolean) => {
      released.push(`${(worker as unknown as { id: number }).id} ${clean ? 'clean' : 'used'}`);
    },
  } as unknown as WorkerPool;
  const lease = new WorkerLease(pool);
  const use = (clean = true, during?: Promise<void>): Promise<number> =>
    lease.use(plan, async (worker) => {
      await during;
      return { result: (worker as unknown as { id: number }).id, clean };
    });
  return { lease, use, workers, released };
}

test('all calls share one worker, which is given back once, at the end', async () => {
  const { lease, use, released } = setUp();
  expect(await Promise.all([use(), use()])).toEqual([0, 0]);
  expect(await use()).toBe(0);
  expect(released).toEqual([]);
  await lease.release();
  await lease.release();
  expect(released).toEqual(['0 clean']);
});

test('after a call that had to be stopped the next one gets another worker', async () => {
  const { lease, use, released } = setUp();
  expect(await use(false)).toBe(0);
  expect(released).toEqual(['0 used']);
  expect(await use()).toBe(1);
  await lease.release();
  expect(released).toEqual(['0 used', '1 clean']);
});

test('the stopped one stays until the calls have ended that share it', async () => {
  const { use, released } = setUp();
  const other = Promise.withResolvers<void>();
  const sharing = use(true, other.promise);
  await use(false);
  expect(released).toEqual([]);
  other.resolve();
  expect(await sharing).toBe(0);
  expect(released).toEqual(['0 used']);
});

test('a worker that has died is not used again', async () => {
  const { use, workers } = setUp();
  await use();
  for (const worker of workers) worker.alive = false;
  expect(await use()).toBe(1);
});

test('a call that throws leaves no worker that others would use', async () => {
  const { lease, use, released } = setUp();
  const broken = lease.use(plan, async () => {
    throw new Error('broken');
  });
  await expect(broken).rejects.toThrow('broken');
  expect(released).toEqual(['0 used']);
  expect(await use()).toBe(1);
});

import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_SECURITY_CONTEXT, planLaunch } from '../sandbox/launch.ts';
import { WorkerPool } from './worker-pool.ts';

const pools: WorkerPool[] = [];

function newPool(): WorkerPool {
  const pool = new WorkerPool();
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

const plan = planLaunch(DEFAULT_SECURITY_CONTEXT, tmpdir(), process.env);
const otherPlan = planLaunch({ ...DEFAULT_SECURITY_CONTEXT, env: ['TERM'] }, tmpdir(), {
  ...process.env,
  TERM: 'other',
});

test('a worker that ended its work cleanly serves the next workload', async () => {
  const pool = newPool();
  const worker = pool.acquire(plan);
  await pool.release(worker, true);
  expect(pool.acquire(plan)).toBe(worker);
});

test('a worker launched otherwise is not given out', async () => {
  const pool = newPool();
  const worker = pool.acquire(plan);
  await pool.release(worker, true);
  expect(pool.acquire(otherPlan)).not.toBe(worker);
});

test('a worker whose workload was stopped is gone', async () => {
  const pool = newPool();
  const worker = pool.acquire(plan);
  await pool.release(worker, false);
  expect(() => process.kill(worker.pid, 0)).toThrow('ESRCH');
  expect(pool.acquire(plan)).not.toBe(worker);
});

test('a warm worker that has died meanwhile is not given out', async () => {
  const pool = newPool();
  const worker = pool.acquire(plan);
  await pool.release(worker, true);
  process.kill(worker.pid, 'SIGKILL');
  await worker.died;
  expect(pool.acquire(plan)).not.toBe(worker);
});

test('closing ends every worker, used or not', async () => {
  const pool = newPool();
  pool.warm(plan);
  const worker = pool.acquire(plan);
  await pool.close();
  expect(() => process.kill(worker.pid, 0)).toThrow('ESRCH');
});

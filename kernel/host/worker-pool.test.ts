import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_SECURITY_CONTEXT } from '../sandbox/launch-plan.ts';
import { LaunchPlanner } from '../sandbox/launch-planner.ts';
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

const launches = new LaunchPlanner({
  workspace: tmpdir(),
  moduleFolders: [],
  hostEnvironment: { ...process.env, TERM: 'other' },
});
const plan = launches.plan(DEFAULT_SECURITY_CONTEXT, 'pure');
const otherPlan = launches.plan({ ...DEFAULT_SECURITY_CONTEXT, env: ['TERM'] }, 'pure');

test('a worker that ended its work cleanly serves the next workload', async () => {
  const pool = newPool();
  const worker = await pool.acquire(plan);
  await pool.release(worker, true);
  expect(await pool.acquire(plan)).toBe(worker);
});

test('a worker launched otherwise is not given out', async () => {
  const pool = newPool();
  const worker = await pool.acquire(plan);
  await pool.release(worker, true);
  expect(await pool.acquire(otherPlan)).not.toBe(worker);
});

test('a worker whose workload was stopped is gone', async () => {
  const pool = newPool();
  const worker = await pool.acquire(plan);
  await pool.release(worker, false);
  expect(() => process.kill(worker.pid, 0)).toThrow('ESRCH');
  expect(await pool.acquire(plan)).not.toBe(worker);
});

test('a warm worker that has died meanwhile is not given out', async () => {
  const pool = newPool();
  const worker = await pool.acquire(plan);
  await pool.release(worker, true);
  process.kill(worker.pid, 'SIGKILL');
  await worker.died;
  expect(await pool.acquire(plan)).not.toBe(worker);
});

test('closing ends every worker, used or not', async () => {
  const pool = newPool();
  pool.warm(plan);
  const worker = await pool.acquire(plan);
  await pool.close();
  expect(() => process.kill(worker.pid, 0)).toThrow('ESRCH');
});

import { beforeEach, expect, test } from 'vitest';
import type { Component, ComponentInstance } from './component.ts';
import { InstancePool } from './instance-pool.ts';

/** Stands for a component: its instances only count. */
interface Counted {
  calls: number;
  growth: number;
}

let made: Counted[];
let pool: InstancePool;

beforeEach(() => {
  made = [];
  const component = {
    instantiate: async () => {
      const instance = { calls: 0, growth: 0 };
      made.push(instance);
      return instance as unknown as ComponentInstance;
    },
  };
  pool = new InstancePool(component as unknown as Component);
});

test('an instance that was given back serves the next reusable call', async () => {
  const first = await pool.take(true);
  pool.giveBack(first);
  expect(await pool.take(true)).toBe(first);
});

test('an instance serves one call at a time', async () => {
  expect(await pool.take(true)).not.toBe(await pool.take(true));
});

test('a module that is not reusable gets a fresh instance each time', async () => {
  pool.giveBack(await pool.take(true));
  await pool.take(false);
  expect(made).toHaveLength(2);
});

test.each([
  ['1,000 calls', { calls: 1000, growth: 0 }],
  ['64 MiB of growth', { calls: 1, growth: 64 * 1024 * 1024 + 1 }],
])('an instance retires after %s', async (_, used) => {
  const instance = await pool.take(true);
  Object.assign(instance, used);
  pool.giveBack(instance);
  expect(await pool.take(true)).not.toBe(instance);
});

import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('what goes beyond the limit is dropped, and told once in each second', () => {
  let now = 0;
  const limit = new RateLimit(10, () => now);
  expect([6, 4, 1, 1].map((amount) => limit.admit(amount))).toEqual([
    'admit',
    'admit',
    'last',
    'drop',
  ]);
  now = 1000;
  expect([10, 1].map((amount) => limit.admit(amount))).toEqual(['admit', 'last']);
});

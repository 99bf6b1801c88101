import { expect, test } from 'vitest';
import { randomUuid } from './uuid.ts';

test('every one is a random UUID, and another', () => {
  const made = Array.from({ length: 100 }, randomUuid);
  const random = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(made.filter((uuid) => !random.test(uuid))).toEqual([]);
  expect(new Set(made).size).toBe(100);
});

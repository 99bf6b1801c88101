import { expect, it } from 'vitest';
import { createCrypto, createRandom } from './globals.ts';

it('draws from entropy, and again when the pool is used up', () => {
  let asked = 0;
  const random = createRandom((length) => {
    asked += 1;
    return new Uint8Array(length).map((_, index) => (index * 37 + asked) % 256);
  });
  const drawn = Array.from({ length: 33 }, random);
  expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(drawn).size).toBeGreaterThan(30);
  expect(asked).toBe(2);
});

it('stays below 1 for the largest draw', () => {
  expect(createRandom((length) => new Uint8Array(length).fill(255))()).toBeLessThan(1);
  expect(createRandom((length) => new Uint8Array(length))()).toBe(0);
});

it('makes UUIDs of version 4', () => {
  const { randomUUID } = createCrypto((length) => new Uint8Array(length).fill(0xff));
  expect(randomUUID()).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
});

it('fills exactly the view that it is given', () => {
  const { getRandomValues } = createCrypto((length) => new Uint8Array(length).fill(9));
  const buffer = new Uint8Array(6);
  getRandomValues(new Uint16Array(buffer.buffer, 2, 1));
  expect([...buffer]).toEqual([0, 0, 9, 9, 0, 0]);
  expect(() => getRandomValues(new Uint8Array(65_537))).toThrow('65536');
});

import { expect, test } from 'vitest';
import { isInside } from './path-inside.ts';

test.each([
  ['/a', '/a', true],
  ['/a/b/c', '/a', true],
  ['/a/..b', '/a', true],
  ['/a', '/', true],
  ['/', '/a', false],
  ['/ab', '/a', false],
  ['/b', '/a', false],
])('%s inside %s: %s', (candidate, root, expected) => {
  expect(isInside(candidate, root)).toBe(expected);
});

import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

it.each([
  ['depend_on', ['depends_on', 'description'], 'depends_on'],
  ['taht', ['that', 'these'], 'that'],
  ['NAME', ['name'], 'name'],
  ['completely', ['different'], undefined],
  ['z', ['a'], undefined],
  ['', ['a'], undefined],
])('takes %s among %j for %s', (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected);
});

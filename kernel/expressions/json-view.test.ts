import { isCelList, isCelMap } from '@bufbuild/cel';
import { expect, it } from 'vitest';
import type { Json } from '../types/json.ts';
import { compileExpression } from './cel.ts';
import { viewJson } from './json-view.ts';
import { compileProgram } from './program.ts';

function evaluate(source: string, v: Json): Json {
  return compileProgram(source, 'v', {}).evaluate(v);
}

it('a map reads as a map does', () => {
  const view = viewJson({ a: 1, b: null, c: [2] });
  if (!isCelMap(view)) throw new Error('not a map');
  expect([view.size, view.get('a'), view.has('b'), view.has('toString')]).toEqual([
    3,
    1,
    true,
    false,
  ]);
  expect([...view.keys()]).toEqual(['a', 'b', 'c']);
  expect([...view.values()].slice(0, 2)).toEqual([1, null]);
  const seen: unknown[] = [];
  view.forEach((value, key) => {
    seen.push([key, value]);
  });
  expect(seen.slice(0, 2)).toEqual([...view.entries()].slice(0, 2));
});

it('a list reads as a list does', () => {
  const view = viewJson([1, [2]]);
  if (!isCelList(view)) throw new Error('not a list');
  expect([view.size, view.get(0), view.get(2), view.get(-1)]).toEqual([2, 1, undefined, undefined]);
  expect(isCelList(view.get(1))).toBe(true);
});

it.each<[string, Json, Json]>([
  ["v == {'a': [1, {'b': null}]}", { a: [1, { b: null }] }, true],
  ["v == {'a': [1, {'b': 2}]}", { a: [1, { b: null }] }, false],
  ["{'a': 1.0} == v", { a: 1 }, true],
  ['v.map(k, k)', { x: 1, y: 2 }, ['x', 'y']],
  ['[1] in v', [[1], 2], true],
  ['size(v)', { a: 1 }, 1],
])('%s', (source, value, expected) => {
  expect(evaluate(source, value)).toEqual(expected);
});

it('a program has the time and ids, and nothing else of the world', () => {
  expect(evaluate("type(now()) == type(timestamp('2020-01-01T00:00:00Z'))", null)).toBe(true);
  expect(evaluate('size(uuid())', null)).toBe(36);
  expect(() => evaluate("secret('X')", null)).toThrow("there is no secret 'X'");
});

it('what fails inside a computed key still says which field is missing', () => {
  const names = { a: { k: { x: 1 } } };
  const evaluateKey = (source: string) =>
    compileExpression(source).evaluate(names, {
      env: () => 'k',
      secret: () => undefined,
      now: () => new Date(0),
      uuid: () => 'k',
    });
  expect(() => evaluateKey("a['k'].xx")).toThrow("'a.k' has no field 'xx'");
  expect(() => evaluateKey('a[uuid()].xx')).toThrow("has no field 'xx'");
});

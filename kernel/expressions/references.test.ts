import { describe, expect, it } from 'vitest';
import { compileExpression } from './cel.ts';

function paths(source: string): string[] {
  return compileExpression(source).analysis.references.map(({ path }) => path.join('.'));
}

describe('references', () => {
  it.each([
    ['.a.b + c', ['a.b', 'c']],
    ['_ork.workloads.fetch.summary.x', ['_ork.workloads.fetch.summary.x']],
    ["a['b'].c", ['a.b.c']],
    ['a[i].c', ['a', 'i']],
    ['list.filter(x, x > limit)', ['list', 'limit']],
    ['list.map(x, x.all(y, y == x && z))', ['list', 'z']],
    ['x.map(x, x)', ['x']],
    ["{'k': a, 'l': [b]}", ['a', 'b']],
    ["upper(a) == 'X' ? b : c", ['a', 'b', 'c']],
    ['upper page.title', ['page.title']],
  ])('of %s are %j', (source, expected) => {
    expect(paths(source).sort()).toEqual(expected.sort());
  });

  it('tell where each part of a path stands', () => {
    const [reference] = compileExpression(' .page.summary').analysis.references;
    expect(reference?.offsets).toEqual([2, 7]);
  });

  it('tell what may be missing', () => {
    const { references } = compileExpression('default(a.b, c) == has(d.e)').analysis;
    expect(references.map(({ path, presence }) => [path[0], presence])).toEqual([
      ['a', 'default'],
      ['c', 'required'],
      ['d', 'has'],
    ]);
  });
});

it('calls are found, methods apart from functions', () => {
  const { calls } = compileExpression('upper(a).trim()').analysis;
  expect(calls.map(({ name, method }) => [name, method])).toEqual([
    ['trim', true],
    ['upper', false],
  ]);
});

it.each([
  ['a.b + 1', true],
  ["default(a[b], 'x').contains('y')", true],
  ['a.exists(x, x)', false],
  ["a.matches('x+')", false],
  ["matches(a, 'x+')", false],
])('that %s is linear is %s', (source, linear) => {
  expect(compileExpression(source).analysis.linear).toBe(linear);
});

it('literal names of secrets are found once each', () => {
  const source =
    "secret('A') + secret(b) + [1].map(x, secret('C') + secret('A'))[0] + d.secret('D')";
  expect(compileExpression(source).analysis.secrets.sort()).toEqual(['A', 'C']);
  expect(compileExpression("secret 'A'").analysis.secrets).toEqual(['A']);
});

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

it('loops over data are told from linear expressions', () => {
  expect(compileExpression('a.exists(x, x)').analysis.comprehension).toBe(true);
  expect(compileExpression('a.b + 1').analysis.comprehension).toBe(false);
});

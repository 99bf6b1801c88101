import fc from 'fast-check';
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

describe('generated expressions', () => {
  interface Known {
    source: string;
    /** The references that are in it, in order, as dotted paths. */
    paths: string[];
  }
  const name = fc.constantFrom('a', 'b', 'page', '_ork', 'x');
  const field = fc.constantFrom('c', 'status', 'x', 'é');
  const path: fc.Arbitrary<Known> = fc
    .tuple(name, fc.array(field, { maxLength: 3 }))
    .map(([root, fields]) => ({
      source:
        root + fields.map((part) => (/^\w+$/.test(part) ? `.${part}` : `['${part}']`)).join(''),
      paths: [[root, ...fields].join('.')],
    }));
  const literal: fc.Arbitrary<Known> = fc
    .constantFrom('1', "'a.b'", 'true', 'null', "r'x'", '[]')
    .map((source) => ({ source, paths: [] }));
  const combine = (parts: Known[], write: (...sources: string[]) => string): Known => ({
    source: write(...parts.map(({ source }) => source)),
    paths: parts.flatMap(({ paths }) => paths),
  });
  /** A loop whose variable `x` hides the name in its body, not in what it runs over. */
  const loop = ([range, body]: Known[], macro: string): Known => ({
    source: `(${range?.source}).${macro}(x, ${body?.source})`,
    paths: [
      ...(range?.paths ?? []),
      ...(body?.paths ?? []).filter((found) => found !== 'x' && !found.startsWith('x.')),
    ],
  });
  const { known } = fc.letrec<{ known: Known }>((tie) => {
    const two = fc.tuple(tie('known'), tie('known'));
    return {
      known: fc.oneof(
        { maxDepth: 4 },
        path,
        literal,
        two.map((parts) => combine(parts, (left, right) => `${left} + ${right}`)),
        two.map((parts) => combine(parts, (left, right) => `[${left}, {'k': ${right}}]`)),
        two.map((parts) => combine(parts, (left, right) => `default(${left}, ${right})`)),
        two.map((parts) => combine(parts, (left, right) => `(${left} ? upper(${right}) : 0)`)),
        tie('known').map((part) => combine([part], (source) => `(${source}).trim()`)),
        fc
          .tuple(two, fc.constantFrom('map', 'filter', 'all', 'exists'))
          .map(([parts, macro]) => loop(parts, macro)),
      ),
    };
  });

  it('have the references that they were made of', () => {
    fc.assert(
      fc.property(known, ({ source, paths: expected }) => {
        expect(paths(source).sort()).toEqual([...expected].sort());
      }),
      { numRuns: 500 },
    );
  });

  it('have references that stand where their offsets say', () => {
    fc.assert(
      fc.property(known, ({ source }) => {
        for (const { path, offsets } of compileExpression(source).analysis.references) {
          const written = offsets.map(
            (offset, index) =>
              source.startsWith(path[index] ?? '', offset) || /^\W/.test(source.slice(offset)),
          );
          expect(written).toEqual(path.map(() => true));
        }
      }),
    );
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
  expect(compileExpression("default(secret('A'), secret('B'))").analysis.secrets).toEqual(['B']);
});

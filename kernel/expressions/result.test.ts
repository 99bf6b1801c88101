import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../types/json.ts';
import { compileExpression, type Expression } from './cel.ts';
import type { Host } from './scope.ts';

const host: Host = {
  env: () => undefined,
  secret: () => undefined,
  now: () => new Date(0),
  uuid: () => 'u',
};

function evaluate(source: string, names: JsonObject = {}): Json {
  return compileExpression(source).evaluate(names, host);
}

function failure(source: string, names: JsonObject = {}): unknown {
  try {
    return evaluate(source, names);
  } catch (error) {
    return error;
  }
}

/** The fewest steps that an evaluation needs, to within ten. */
function stepsOf(expression: Expression, names: JsonObject): number {
  let [tooFew, enough] = [0, 1_000_000];
  while (enough - tooFew > 10) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (expression.evaluateWithin(middle, names, host) === undefined) tooFew = middle;
    else enough = middle;
  }
  return enough;
}

describe('results', () => {
  it.each<[string, Json]>([
    ['b"abc"', 'YWJj'],
    ["timestamp('2020-01-01T00:00:00.5Z')", '2020-01-01T00:00:00.5Z'],
    ["duration('-1.5s')", '-1.5s'],
    ['{1: {true: [2u]}}', { '1': { true: [2] } }],
    ['null', null],
  ])('writes %s as JSON', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it('keep a __proto__ key as data', () => {
    const result = evaluate("{'__proto__': {'x': 1}}");
    expect(Object.keys(result as JsonObject)).toEqual(['__proto__']);
  });

  it('may not exceed one mebibyte', () => {
    const half = 'x'.repeat(600_000);
    expect(failure('[s, s]', { s: half })).toMatchObject({
      code: 'resource-exhausted',
      reason: 'expression.too-large',
    });
    expect(failure("replace(s, 'x', 'yy')", { s: half })).toMatchObject({
      code: 'resource-exhausted',
    });
  });

  it('may not exceed it as a map either', () => {
    const half = 'x'.repeat(600_000);
    const names = { r: { s: half, l: [half] } };
    expect(failure('{"a": r.s, "b": r.s}', names)).toMatchObject({ code: 'resource-exhausted' });
    expect(failure('{"a": r.l, "b": r.l}', names)).toMatchObject({ code: 'resource-exhausted' });
    expect(failure('{"a": [r, r]}', names)).toMatchObject({ code: 'resource-exhausted' });
  });

  it.each([
    ['from_json(s)', '['.repeat(200) + ']'.repeat(200)],
    ['s + s + s', 'x'.repeat(500_000)],
    ['bytes(s) + bytes(s) + bytes(s)', 'x'.repeat(500_000)],
    ['base64_encode(s)', 'x'.repeat(1_000_000)],
    ['to_json(s)', '"'.repeat(600_000)],
    ["size(split(s, '') + split(s, ''))", 'x'.repeat(600_000)],
  ])('of %s may not grow without end', (source, s) => {
    expect(failure(source, { s })).toMatchObject({
      code: 'resource-exhausted',
      reason: 'expression.too-large',
    });
  });

  it('of hundreds of thousands of numbers are no problem', () => {
    const numbers = Array.from({ length: 300_000 }, () => 1);
    expect(evaluate('[n, 1]', { n: numbers })).toEqual([numbers, 1]);
  });

  it('of long lists take steps in proportion to their length', () => {
    const expression = compileExpression('numbers.filter(n, n >= 0).map(n, n + 1)');
    const numbers = Array.from({ length: 20_000 }, (_, index) => index);
    const steps = stepsOf(expression, { numbers: numbers.slice(0, 500) });
    const result = expression.evaluateWithin(steps * 45, { numbers }, host);
    expect(result).toEqual({ result: numbers.map((number) => number + 1) });
  });

  it('of concatenations do not change the lists they are made of', () => {
    expect(evaluate('[[1] + [2]].map(l, [l + [3], l + [4], l])')).toEqual([
      [
        [1, 2, 3],
        [1, 2, 4],
        [1, 2],
      ],
    ]);
  });
});

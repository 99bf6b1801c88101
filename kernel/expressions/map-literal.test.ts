import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../types/json.ts';
import { compileExpression } from './cel.ts';

const host = {
  env: () => undefined,
  secret: () => undefined,
  now: () => new Date(0),
  uuid: () => 'u',
};
const evaluate = (source: string, names: JsonObject) =>
  compileExpression(source).evaluate(names, host);

const record = { a: { b: [1, 2] }, n: 3, nothing: null };

describe('a map literal', () => {
  test('holds what its expressions yield, read or computed', () => {
    const source =
      '{"list": record.a.b, "sum": record.n + 1, "nothing": record.nothing, "first": record.a.b[0]}';
    expect(evaluate(source, { record })).toEqual({ list: [1, 2], sum: 4, nothing: null, first: 1 });
  });

  test.each([
    ['{"x": record.missing}', 'missing'],
    ['{"x": record.n.deeper}', 'deeper'],
    ['{"x": absent.field}', 'absent'],
    ['{"x": record.n / 0}', 'Infinity'],
  ])('%s fails as any expression does', (source, text) => {
    expect(() => evaluate(source, { record })).toThrow(text);
  });

  test.each([
    ['{"x": has(record.n)}', { x: true }],
    ['{"x": default(record.missing, 7)}', { x: 7 }],
    ['{"x": {"y": record.n}}', { x: { y: 3 } }],
    ['{record.key: 1}', { k: 1 }],
    ['{}', {}],
  ])('%s yields %j', (source, expected) => {
    expect(evaluate(source, { record: { ...record, key: 'k' } })).toEqual(expected);
  });

  test('inherited names are missing', () => {
    expect(() => evaluate('{"x": record.toString}', { record })).toThrow('toString');
  });
});

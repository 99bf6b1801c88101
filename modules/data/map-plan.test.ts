import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileProgram } from '../../kernel/expressions/program.ts';
import type { Json } from '../../sdk/typescript/index.ts';
import { mapLiteral, merge, planMap } from './map-plan.ts';

function evaluate(source: string, record: Json = {}): Json {
  return compileProgram(source, 'record', {}).evaluate(record);
}

describe('planMap', () => {
  it('wants exactly one way', () => {
    expect(() => planMap({})).toThrow('none of them');
    expect(() => planMap({ fields: {}, set: {} })).toThrow('more than one');
    expect(() => planMap({ expression: 'x', remove: [] })).toThrow('more than one');
  });

  it('replaces by an expression or by fields, merges what is set and removed', () => {
    expect(planMap({ expression: 'record' })).toEqual({ kind: 'replace', source: 'record' });
    expect(planMap({ fields: { a: '1' } })).toMatchObject({ kind: 'replace' });
    expect(planMap({ remove: ['a'] })).toEqual({ kind: 'merge', source: undefined, remove: ['a'] });
    expect(planMap({ set: { a: '1' } })).toMatchObject({ kind: 'merge', remove: [] });
  });
});

describe('mapLiteral', () => {
  it('keeps each expression to itself', () => {
    const source = mapLiteral({ 'a "b"': 'record.n + 1.0 // more', c: 'true ? 1 : 2', d: 5 });
    expect(evaluate(source, { n: 2 })).toEqual({ 'a "b"': 3, c: 1, d: 5 });
  });

  it('writes any constant that is not text so that CEL reads the same', () => {
    const constant = fc.oneof(
      fc.array(fc.string()),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        fc.oneof(fc.string(), fc.boolean(), fc.constant(null)),
      ),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.constantFrom(1e20, 1e300, 0.1, -5, 2 ** 60),
    );
    fc.assert(
      fc.property(constant, (value) => {
        expect(evaluate(mapLiteral({ v: value }))).toEqual({ v: value });
      }),
      { numRuns: 300 },
    );
  });
});

it('merges over the record, then removes', () => {
  expect(merge({ a: 1, b: 2 }, { b: 3, c: 4 }, ['a', 'none'])).toEqual({ b: 3, c: 4 });
});

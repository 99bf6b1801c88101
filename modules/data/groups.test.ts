import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../sdk/typescript/index.ts';
import { type Aggregate, type GroupOptions, Groups } from './groups.ts';

const LIMITS = { maxGroups: 100, maxValues: 100 };

function group(
  fields: string[],
  aggregates: Aggregate[],
  records: JsonObject[],
  limits: Partial<GroupOptions> = {},
) {
  const groups = new Groups({ fields, aggregates, ...LIMITS, ...limits });
  const complete = records.map((record) => groups.add(record));
  return [...complete.filter((result) => result !== undefined), ...groups.flush()];
}

describe('Groups', () => {
  it('counts and sums per group, ordered by key', () => {
    const records = [
      { k: 'b', n: 1 },
      { k: 'a', n: 2 },
      { k: 'b', n: 3 },
      { n: 10 },
      { k: 10, n: 1 },
      { k: 9, n: null },
      { k: true },
    ];
    expect(group(['k'], [{ op: 'count' }, { op: 'sum', field: 'n' }], records)).toEqual([
      { k: null, count: 1, sum_n: 10 },
      { k: true, count: 1, sum_n: 0 },
      { k: 9, count: 1, sum_n: 0 },
      { k: 10, count: 1, sum_n: 1 },
      { k: 'a', count: 1, sum_n: 2 },
      { k: 'b', count: 2, sum_n: 4 },
    ]);
  });

  it('knows the other operations, which ignore nulls', () => {
    const ops = ['avg', 'min', 'max', 'first', 'last', 'count'] as const;
    const aggregates = ops.map((op) => ({ op, field: 'n', as: op }));
    const records = [{ n: null }, { n: 4 }, { n: 1 }, { n: 7 }, {}];
    expect(group([], aggregates, records)).toEqual([
      { avg: 4, min: 1, max: 7, first: 4, last: 7, count: 3 },
    ]);
  });

  it('keeps values, in order, and percentiles that were there', () => {
    const ops = ['collect', 'distinct', 'p50', 'p95', 'p99'] as const;
    const aggregates = ops.map((op) => ({ op, field: 'n', as: op }));
    const records = [3, 1, 2, 2].map((n) => ({ n }));
    expect(group([], aggregates, records)).toEqual([
      { collect: [3, 1, 2, 2], distinct: [3, 1, 2], p50: 2, p95: 3, p99: 3 },
    ]);
    const hundred = Array.from({ length: 100 }, (_, index) => ({ n: 100 - index }));
    const percentiles = aggregates.slice(2);
    expect(group([], percentiles, hundred, { maxValues: 300 })).toEqual([
      { p50: 50, p95: 95, p99: 99 },
    ]);
    expect(group([], percentiles, [])).toEqual([{ p50: null, p95: null, p99: null }]);
    expect(group([], percentiles, [{ n: 7 }])).toEqual([{ p50: 7, p95: 7, p99: 7 }]);
  });

  it('takes objects as equal whatever the order of their keys', () => {
    const records = [{ v: { a: 1, b: 2 } }, { v: { b: 2, a: 1 } }];
    expect(group(['v'], [{ op: 'count' }], records)).toHaveLength(1);
    expect(group([], [{ op: 'distinct', field: 'v', as: 'd' }], records)).toEqual([
      { d: [{ a: 1, b: 2 }] },
    ]);
  });

  it('bounds what it keeps, over all groups, and counts again after a flush', () => {
    const aggregates: Aggregate[] = [{ op: 'collect', field: 'n', as: 'all' }];
    const groups = new Groups({ fields: ['k'], aggregates, maxGroups: 9, maxValues: 2 });
    groups.add({ k: 1, n: 1 });
    groups.add({ k: 2, n: 2 });
    expect(() => groups.add({ k: 1, n: 3 })).toThrow('more than 2 values');
    expect(groups.flush()).toHaveLength(2);
    groups.add({ k: 1, n: 3 });
    expect(groups.flush()).toEqual([{ k: 1, all: [3] }]);
  });

  it('gives the result of a group at so many records, the rest at the end', () => {
    const records = ['a', 'b', 'a', 'a', 'b', 'a', 'a'].map((k, n) => ({ k, n }));
    const aggregates: Aggregate[] = [{ op: 'collect', field: 'n', as: 'n' }];
    expect(group(['k'], aggregates, records, { count: 2 })).toEqual([
      { k: 'a', n: [0, 2] },
      { k: 'b', n: [1, 4] },
      { k: 'a', n: [3, 5] },
      { k: 'a', n: [6] },
    ]);
    expect(group([], aggregates, [], { count: 2 })).toEqual([]);
    expect(group([], aggregates, [], { windowed: true })).toEqual([]);
  });

  it('makes no group for a record that it refuses', () => {
    const groups = new Groups({
      fields: ['k'],
      aggregates: [{ op: 'sum', field: 'n' }],
      ...LIMITS,
    });
    expect(() => groups.add({ k: 'a', n: 'x' })).toThrow();
    expect(groups.flush()).toEqual([]);
  });

  it.each(['sum', 'avg'] as const)('fails when the %s is more than a number can be', (op) => {
    const records = [{ n: 1e308 }, { n: 1e308 }];
    expect(() => group([], [{ op, field: 'n' }], records)).toThrow('larger than a number');
  });

  it('takes nothing of a record of which one value does not fit', () => {
    const aggregates: Aggregate[] = [{ op: 'count' }, { op: 'sum', field: 'n' }];
    const groups = new Groups({ fields: [], aggregates, ...LIMITS });
    groups.add({ n: 1 });
    expect(() => groups.add({ n: 'x' })).toThrow('sum takes numbers');
    expect(groups.flush()).toEqual([{ count: 1, sum_n: 1 }]);
  });

  it('gives one result for nothing when there is no grouping, else none', () => {
    const aggregates: Aggregate[] = [{ op: 'count' }, { op: 'max', field: 'n' }];
    expect(group([], aggregates, [])).toEqual([{ count: 0, max_n: null }]);
    expect(group(['k'], aggregates, [])).toEqual([]);
  });

  it('groups by paths, and keeps apart what looks alike', () => {
    const records = [{ a: { b: '1' } }, { a: { b: 1 } }, { 'a.b': '1' }];
    expect(group(['a.b'], [{ op: 'count' }], records)).toEqual([
      { 'a.b': 1, count: 1 },
      { 'a.b': '1', count: 2 },
    ]);
  });

  it('refuses too many groups, unfit values, and two results of one name', () => {
    const records = [{ k: 1 }, { k: 2 }];
    expect(() => group(['k'], [{ op: 'count' }], records, { maxGroups: 1 })).toThrow(
      'more than 1 groups',
    );
    expect(() => group([], [{ op: 'sum', field: 'k' }], [{ k: 'x' }])).toThrow('sum takes numbers');
    expect(() => group([], [{ op: 'min', field: 'k' }], [{ k: 1 }, { k: 'x' }])).toThrow(
      'compares',
    );
    expect(() => group(['count'], [{ op: 'count' }], [])).toThrow("called 'count'");
    expect(() => group([], [{ op: 'sum' }], [])).toThrow('needs a field');
  });

  it('counts every record exactly once, whatever the order', () => {
    const record = fc.record({
      k: fc.constantFrom<JsonObject[string]>('a', 1, null, [1], { z: 1 }),
    });
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const forward = group(['k'], [{ op: 'count' }], records);
        expect(group(['k'], [{ op: 'count' }], [...records].reverse())).toEqual(forward);
        const total = forward.reduce((sum, { count }) => sum + (count as number), 0);
        expect(total).toBe(records.length);
      }),
    );
  });
});

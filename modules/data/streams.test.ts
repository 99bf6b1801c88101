import { describe, expect, it } from 'vitest';
import { serve } from '../../sdk/typescript/guest/serve.ts';
import type { JsonObject } from '../../sdk/typescript/index.ts';
import {
  invocation,
  MemoryHost,
  MemoryInput,
  MemoryOutput,
} from '../../sdk/typescript/memory-host.ts';
import family from './index.ts';

const failed = (reason: string) =>
  expect.objectContaining({
    val: expect.objectContaining({ error: expect.objectContaining({ reason }) }),
  });

/** The time passes while an input is waited for. */
class SlowInput extends MemoryInput {
  readonly #host: MemoryHost;
  readonly waits: (number | null | undefined)[] = [];

  constructor(host: MemoryHost, batches: JsonObject[][]) {
    super('in', batches);
    this.#host = host;
  }

  override read(_records?: number, _bytes?: number, wait?: number | null) {
    this.waits.push(wait);
    const batch = super.read();
    if (batch.records.length === 0) this.#host.time += wait ?? 0;
    return batch;
  }
}

function run(module: string, params: JsonObject, batches: JsonObject[][] = []) {
  const host = new MemoryHost();
  const main = new MemoryOutput('main');
  const dead = new MemoryOutput('dead_letter');
  const input = new SlowInput(host, batches);
  const perform = serve(family, host);
  const text = perform(invocation(`data:${module}`, params), [input], [main, dead]);
  const summary = JSON.parse(text) as JsonObject;
  return {
    summary,
    records: main.records,
    writes: main.writes,
    dead: dead.records,
    waits: input.waits,
  };
}

describe('data:generate_from_list', () => {
  it('streams items, scalars under `item`, as often as asked', () => {
    const items = [{ a: 1 }, 'x', [2], null];
    const { summary, records } = run('generate_from_list', { items, repeat: 2 });
    expect(summary).toEqual({ count: 8 });
    expect(records.slice(0, 4)).toEqual([{ a: 1 }, { item: 'x' }, { item: [2] }, { item: null }]);
    expect(records.slice(4)).toEqual(records.slice(0, 4));
  });
});

describe('data:split', () => {
  const record = { id: 1, list: [{ a: 1 }, 2], other: true };

  it('makes a record of each item', () => {
    const params = { field: 'list', on_error: 'fail' };
    expect(run('split', params, [[record]]).records).toEqual([{ a: 1 }, { item: 2 }]);
    expect(run('split', { ...params, keep: ['id'] }, [[record]]).records).toEqual([
      { id: 1, a: 1 },
      { id: 1, item: 2 },
    ]);
    expect(run('split', { ...params, into: 'one' }, [[record]]).records).toEqual([
      { id: 1, other: true, one: { a: 1 } },
      { id: 1, other: true, one: 2 },
    ]);
    const nested = [[{ deep: { list: [1] } }]];
    expect(run('split', { ...params, field: 'deep.list' }, nested).records).toEqual([{ item: 1 }]);
  });

  it('sets aside records without a list', () => {
    const batches = [[{}, { list: 'x' }, { list: [] }]];
    const result = run('split', { field: 'list', on_error: 'dead_letter' }, batches);
    expect(result.summary).toEqual({ count: 0, failed: 2 });
    expect(result.dead).toMatchObject([
      { error: { reason: 'data.no-list' }, record: {} },
      { error: { message: expect.stringContaining('not a list but "x"') } },
    ]);
    expect(() => run('split', { field: 'list', on_error: 'fail' }, batches)).toThrow(
      failed('data.no-list'),
    );
  });
});

describe('data:batch', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

  it('gathers so many, and the rest at the end', () => {
    const { summary, records } = run('batch', { size: 2 }, [numbers(3), numbers(2)]);
    expect(summary).toEqual({ count: 3, records: 5 });
    expect(records[0]).toEqual({ items: [{ n: 0 }, { n: 1 }], count: 2 });
    expect(records[2]).toEqual({ items: [{ n: 1 }], count: 1 });
  });

  it('never makes a record that is too large', () => {
    const large = { text: 'x'.repeat(600_000) };
    expect(run('batch', { size: 9 }, [[large, large]]).summary).toEqual({ count: 2, records: 2 });
    const wide = { text: 'é'.repeat(200_000) };
    expect(run('batch', { size: 9 }, [[wide, wide]]).summary).toEqual({ count: 2, records: 2 });
  });

  it('does not wait longer than told', () => {
    const result = run('batch', { size: 9, max_wait: '1s' }, [numbers(1), [], numbers(1)]);
    expect(result.records.map(({ count }) => count)).toEqual([1, 1]);
    expect(result.waits).toEqual([undefined, 1000, undefined]);
  });
});

describe('data:dedupe', () => {
  const batches = [
    [
      { a: 1, b: 1 },
      { b: 1, a: 1 },
      { a: 1, b: 2 },
    ],
    [{ a: 1, b: 1 }, {}],
  ];

  it('compares whole records, whatever the order of keys', () => {
    const { summary, records } = run('dedupe', { max_keys: 9 }, batches);
    expect(summary).toEqual({ count: 3, dropped: 2 });
    expect(records).toEqual([{ a: 1, b: 1 }, { a: 1, b: 2 }, {}]);
  });

  it('compares fields, and bounds what it remembers', () => {
    expect(run('dedupe', { fields: ['a'], max_keys: 2 }, batches).records).toEqual([
      { a: 1, b: 1 },
      {},
    ]);
    expect(() => run('dedupe', { max_keys: 2 }, batches)).toThrow(failed('data.too-many-keys'));
  });
});

describe('data:sort', () => {
  it('orders by fields, each way, equal ones as they came', () => {
    const records = [
      { k: 'b', n: 1, at: 0 },
      { k: 'a', n: 1, at: 1 },
      { k: 'b', n: 2, at: 2 },
      { k: 'a', n: 1, at: 3 },
      { n: 0, at: 4 },
    ];
    const by = ['k', { field: 'n', order: 'desc' }];
    const sorted = run('sort', { by, max_records: 9 }, [records]);
    expect(sorted.records.map(({ at }) => at)).toEqual([4, 1, 3, 2, 0]);
    expect(sorted.summary).toEqual({ count: 5 });
  });

  it('keeps numbers as they were written, and bounds what it keeps', () => {
    expect(() => run('sort', { by: ['n'], max_records: 1 }, [[{}, {}]])).toThrow(
      failed('data.too-many-records'),
    );
  });
});

describe('data:aggregate', () => {
  const DEFAULTS = { group_by_fields: [], max_groups: 9, max_values: 9, on_error: 'fail' };
  const params = { ...DEFAULTS, aggregates: [{ op: 'sum', field: 'n', as: 'n' }] };

  it('sets aside what does not fit', () => {
    const batches = [[{ n: 1 }, { n: 'x' }, { n: 2 }]];
    const result = run('aggregate', { ...params, on_error: 'dead_letter' }, batches);
    expect(result.records).toEqual([{ n: 3 }]);
    expect(result.summary).toEqual({ groups: 1, records: 2, failed: 1 });
    expect(result.dead).toMatchObject([
      { error: { reason: 'data.unfit-value' }, record: { n: 'x' } },
    ]);
    expect(() => run('aggregate', params, batches)).toThrow(failed('data.unfit-value'));
  });

  it('fails for too many groups or values, whatever on_error says', () => {
    const skip = { ...params, on_error: 'skip', max_groups: 1, max_values: 1 };
    const batches = [[{ n: 1 }, { n: 2 }]];
    expect(() =>
      run('aggregate', { ...skip, group_by_fields: ['k'] }, [[{ k: 1 }, { k: 2 }]]),
    ).toThrow(failed('data.too-many-groups'));
    const collect = { ...skip, aggregates: [{ op: 'collect', field: 'n' }] };
    expect(() => run('aggregate', collect, batches)).toThrow(failed('data.too-many-values'));
  });

  it('writes a window when its time has passed, though nothing comes', () => {
    const batches = [[{ n: 1 }], [{ n: 2 }], [], [], [{ n: 4 }]];
    const { records, waits } = run('aggregate', { ...params, window: '10s' }, batches);
    expect(records).toEqual([{ n: 3 }, { n: 4 }]);
    expect(waits).toEqual([10_000, 10_000, 10_000, 10_000, 10_000]);
  });

  it('writes a group at so many records, at once', () => {
    const batches = [
      [{ n: 1 }, { n: 2 }, { n: 3 }],
      [{ n: 4 }, { n: 5 }],
    ];
    const { records, writes, summary } = run('aggregate', { ...params, count: 2 }, batches);
    expect(records).toEqual([{ n: 3 }, { n: 7 }, { n: 5 }]);
    expect(writes).toEqual([1, 1, 1]);
    expect(summary).toEqual({ groups: 3, records: 5, failed: 0 });
    expect(() => run('aggregate', { ...params, count: 2, window: '1s' })).toThrow(
      failed('data.aggregate-window'),
    );
  });
});

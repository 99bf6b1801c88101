import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Change,
  MAX_RECORD_BYTES,
  type RangeQuery,
  type RecordKey,
  type StateStore,
} from './store.ts';

/** Declares the tests that every state store must pass; `create` makes an empty one. */
export function describeStore(name: string, create: () => Promise<StateStore>): void {
  const opened: StateStore[] = [];
  const open = async (): Promise<StateStore> => {
    const store = await create();
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  describe(name, () => {
    describeRecords(open);
    describeBatches(open);
    describeRanges(open);
    describeClosing(open);
    testAgainstModel(open);
  });
}

type Open = () => Promise<StateStore>;

function describeRecords(open: Open): void {
  test('a record that was never put is not there', async () => {
    expect(await (await open()).get(key('a'))).toBeUndefined();
  });

  test('a record is what was put last', async () => {
    const store = await open();
    await store.write([put('a', 'first')]);
    await store.write([put('a', 'second')]);
    expect(await textAt(store, key('a'))).toBe('second');
  });

  test('the same id in another bucket or partition is another record', async () => {
    const store = await open();
    await store.write([put('a', 'here')]);
    expect(await store.get({ ...key('a'), bucket: 'other' })).toBeUndefined();
    expect(await store.get({ ...key('a'), partition: 'other' })).toBeUndefined();
  });

  test('a deleted record is not there, and deleting it again is no error', async () => {
    const store = await open();
    await store.write([put('a', 'text')]);
    await store.write([remove('a')]);
    await store.write([remove('a')]);
    expect(await store.get(key('a'))).toBeUndefined();
  });

  test('an empty value is a record', async () => {
    const store = await open();
    await store.write([put('a', '')]);
    expect((await store.get(key('a')))?.length).toBe(0);
  });

  test('what a caller does to its bytes afterwards changes no record', async () => {
    const store = await open();
    const given = Buffer.from('text');
    await store.write([{ kind: 'put', key: key('a'), value: given }]);
    given.fill(0);
    (await store.get(key('a')))?.fill(0);
    expect(await textAt(store, key('a'))).toBe('text');
  });

  test.each<[string, Partial<RecordKey>]>([
    ['an empty bucket', { bucket: '' }],
    ['a bucket with other characters', { bucket: 'Runs/1' }],
    ['an empty partition', { partition: '' }],
    ['a partition that is too long', { partition: 'p'.repeat(513) }],
    ['a partition that is no text', { partition: '\ud800' }],
    ['an empty id', { id: '' }],
    ['an id that is too long', { id: 'i'.repeat(129) }],
    ['an id with other characters', { id: 'a\u0000b' }],
  ])('%s is refused', async (_, part) => {
    const store = await open();
    const bad = { ...key('a'), ...part };
    const refusal = { code: 'invalid-argument', reason: 'state.bad-key' };
    await expect(store.get(bad)).rejects.toMatchObject(refusal);
    await expect(
      store.write([{ kind: 'put', key: bad, value: new Uint8Array(1) }]),
    ).rejects.toMatchObject(refusal);
  });

  test('a value of the largest size is kept, a larger one is refused', async () => {
    const store = await open();
    const largest = new Uint8Array(MAX_RECORD_BYTES).fill(7);
    await store.write([{ kind: 'put', key: key('a'), value: largest }]);
    expect(Buffer.compare((await store.get(key('a'))) ?? new Uint8Array(0), largest)).toBe(0);
    const larger = new Uint8Array(MAX_RECORD_BYTES + 1);
    await expect(
      store.write([{ kind: 'put', key: key('a'), value: larger }]),
    ).rejects.toMatchObject({ code: 'resource-exhausted', reason: 'state.record-too-large' });
  });
}

function describeBatches(open: Open): void {
  test('the changes of a batch count in their order', async () => {
    const store = await open();
    await store.write([put('a', 'first'), put('b', 'text'), remove('b'), put('a', 'second')]);
    expect(await contents(store, { bucket: 'runs' })).toEqual(['p/a=second']);
  });

  test('a batch with one change that is refused changes nothing', async () => {
    const store = await open();
    await store.write([put('a', 'before')]);
    const batch = [put('a', 'after'), put('b', 'after'), put('', 'bad')];
    await expect(store.write(batch)).rejects.toMatchObject({ reason: 'state.bad-key' });
    expect(await contents(store, { bucket: 'runs' })).toEqual(['p/a=before']);
  });

  test('an empty batch is no error', async () => {
    await expect((await open()).write([])).resolves.toBeUndefined();
  });

  test('batches written at once leave what the last of them says', async () => {
    const store = await open();
    const writes = Array.from({ length: 50 }, (_, index) =>
      store.write([put('a', `${index}`), put('b', `${index}`)]),
    );
    await Promise.all(writes);
    expect(await contents(store, { bucket: 'runs' })).toEqual(['p/a=49', 'p/b=49']);
  });
}

function describeRanges(open: Open): void {
  async function filled(): Promise<StateStore> {
    const store = await open();
    await store.write(['c', 'a', 'e', 'b', 'd'].map((id) => put(id, id.toUpperCase())));
    await store.write([put('z', 'other', 'q')]);
    return store;
  }

  test.each<[string, Partial<RangeQuery>, string[]]>([
    ['a partition is read in the order of its ids', {}, ['a', 'b', 'c', 'd', 'e']],
    ['`from` is part of a range', { from: 'c' }, ['c', 'd', 'e']],
    ['`before` is not', { before: 'c' }, ['a', 'b']],
    ['bounds need not be records', { from: 'aa', before: 'dd' }, ['b', 'c', 'd']],
    ['a range with its bounds crossed is empty', { from: 'd', before: 'b' }, []],
    ['`reverse` begins at the end', { reverse: true }, ['e', 'd', 'c', 'b', 'a']],
    ['`limit` counts from where the range begins', { reverse: true, limit: 2 }, ['e', 'd']],
    ['bounds hold in reverse', { from: 'b', before: 'd', reverse: true }, ['c', 'b']],
    ['a limit of nothing yields nothing', { limit: 0 }, []],
  ])('%s', async (_, query, expected) => {
    const records = await contents(await filled(), { bucket: 'runs', partition: 'p', ...query });
    expect(records).toEqual(expected.map((id) => `p/${id}=${id.toUpperCase()}`));
  });

  test('a range without a partition reads them all, each by itself', async () => {
    const records = await contents(await filled(), { bucket: 'runs' });
    expect(records.filter((record) => record.startsWith('p/'))).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((id) => `p/${id}=${id.toUpperCase()}`),
    );
    expect(records.filter((record) => record.startsWith('q/'))).toEqual(['q/z=other']);
    expect(records).toHaveLength(6);
    const change = records.findIndex(
      (record, index) => index > 0 && record[0] !== records[index - 1]?.[0],
    );
    expect([1, 5]).toContain(change);
  });

  test('a bucket or partition that nothing was put into is empty', async () => {
    const store = await filled();
    expect(await contents(store, { bucket: 'none' })).toEqual([]);
    expect(await contents(store, { bucket: 'runs', partition: 'none' })).toEqual([]);
  });

  test('a range does not see what is written while it is read', async () => {
    const store = await filled();
    const seen: string[] = [];
    for await (const record of store.range({ bucket: 'runs', partition: 'p' })) {
      seen.push(record.key.id);
      await store.write([put('a0', 'new'), put('f', 'new'), remove('e')]);
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('a range that is left early does no harm', async () => {
    const store = await filled();
    for await (const record of store.range({ bucket: 'runs', partition: 'p' })) {
      if (record.key.id === 'b') break;
    }
    await store.write([put('f', 'new')]);
    expect(await textAt(store, key('f'))).toBe('new');
  });

  test('a query out of form is refused', async () => {
    const store = await open();
    await expect(contents(store, { bucket: 'No' })).rejects.toMatchObject({
      reason: 'state.bad-key',
    });
  });
}

function describeClosing(open: Open): void {
  test('a closed store refuses everything but being closed again', async () => {
    const store = await open();
    await store.write([put('a', 'text')]);
    await store.close();
    await store.close();
    const refusal = { code: 'closed', reason: 'state.store-closed' };
    await expect(store.get(key('a'))).rejects.toMatchObject(refusal);
    await expect(store.write([put('a', 'text')])).rejects.toMatchObject(refusal);
    await expect(contents(store, { bucket: 'runs' })).rejects.toMatchObject(refusal);
  });
}

/** Any sequence of batches leaves what a plain map would hold. */
function testAgainstModel(open: Open): void {
  const change = fc.record({
    kind: fc.constantFrom('put' as const, 'delete' as const),
    partition: fc.constantFrom('p', 'q'),
    id: fc.constantFrom('a', 'b', 'c', 'B', '~'),
    text: fc.string({ maxLength: 5 }),
  });
  test('any batches leave what a map would hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 8 }),
        async (batches) => {
          const store = await open();
          const model = new Map<string, string>();
          for (const batch of batches) {
            await store.write(
              batch.map(({ kind, partition, id, text }) =>
                kind === 'put' ? put(id, text, partition) : remove(id, partition),
              ),
            );
            for (const { kind, partition, id, text } of batch) {
              if (kind === 'put') model.set(`${partition}/${id}`, text);
              else model.delete(`${partition}/${id}`);
            }
          }
          for (const partition of ['p', 'q']) {
            const expected = [...model]
              .filter(([place]) => place.startsWith(`${partition}/`))
              .map(([place, text]) => `${place}=${text}`)
              .sort((a, b) => (a < b ? -1 : 1));
            expect(await contents(store, { bucket: 'runs', partition })).toEqual(expected);
          }
          await store.close();
        },
      ),
      { numRuns: 50 },
    );
  });
}

function key(id: string, partition = 'p'): RecordKey {
  return { bucket: 'runs', partition, id };
}

function put(id: string, text: string, partition?: string): Change {
  return { kind: 'put', key: key(id, partition), value: Buffer.from(text) };
}

function remove(id: string, partition?: string): Change {
  return { kind: 'delete', key: key(id, partition) };
}

async function textAt(store: StateStore, place: RecordKey): Promise<string | undefined> {
  const bytes = await store.get(place);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

async function contents(store: StateStore, query: RangeQuery): Promise<string[]> {
  const found: string[] = [];
  for await (const record of store.range(query)) {
    const { partition, id } = record.key;
    found.push(`${partition}/${id}=${Buffer.from(record.value).toString()}`);
  }
  return found;
}

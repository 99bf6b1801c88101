import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrkError } from '../types/errors.ts';
import { checkedBlock } from './block.ts';
import { Channel } from './channel.ts';
import { selectReadable } from './select.ts';

const open = (records = 4, bytes = 1000): Channel => new Channel({ records, bytes });

function block(...records: (string | number)[]) {
  return checkedBlock(Buffer.from(records.map((record) => `${record}\n`).join('')), records.length);
}

function take(channel: Channel, records = 100, bytes = 10_000): string[] {
  const { bytes: taken } = channel.take(records, bytes);
  return Buffer.from(taken).toString().split('\n').slice(0, -1);
}

const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((r) => setImmediate(r, false))]);

test('records come out in the order in which they went in', async () => {
  const channel = open();
  await channel.write(block(1, 2));
  await channel.write(block(3));
  expect(take(channel)).toEqual(['1', '2', '3']);
});

test('a writer waits while the channel is full, and goes on when there is room', async () => {
  const channel = open(2);
  const write = channel.write(block(1, 2, 3));
  expect(await settled(write)).toBe(false);
  expect(channel.stats).toMatchObject({ queued: 2, fillRatio: 1, backPressure: 1 });
  expect(take(channel, 1)).toEqual(['1']);
  expect(await settled(write)).toBe(true);
  expect(take(channel)).toEqual(['2', '3']);
});

test('a record larger than the byte bound passes through an empty channel alone', async () => {
  const channel = open(10, 5);
  const write = channel.write(block('"a long record"', 2));
  expect(take(channel)).toEqual(['"a long record"']);
  await write;
  expect(take(channel)).toEqual(['2']);
});

test('the end is told with the last record, or after it', async () => {
  const channel = open();
  await channel.write(block(1, 2));
  channel.end();
  expect(channel.take(1, 100).ended).toBe(false);
  expect(channel.take(1, 100).ended).toBe(true);
  expect(channel.take(1, 100)).toMatchObject({ records: 0, ended: true });
});

test("the producer's failure comes after everything it had written", async () => {
  const channel = open();
  await channel.write(block(1));
  channel.fail(new OrkError('closed', 'it broke'));
  expect(channel.take(10, 100)).toMatchObject({ records: 1, ended: false });
  expect(() => channel.take(10, 100)).toThrow('it broke');
});

test('writers to a channel whose consumer has gone get closed', async () => {
  const channel = open(1);
  const waiting = channel.write(block(1, 2));
  channel.abandon('failed');
  await expect(waiting).rejects.toMatchObject({ code: 'closed' });
  await expect(channel.write(block(3))).rejects.toMatchObject({ code: 'closed' });
});

test('a writer that is stopped leaves the rest of its records out', async () => {
  const channel = open(1);
  const stop = new AbortController();
  const write = channel.write(block(1, 2), stop.signal);
  stop.abort();
  await expect(write).rejects.toMatchObject({ code: 'canceled' });
  expect(take(channel)).toEqual(['1']);
  expect(take(channel)).toEqual([]);
});

test('select answers with the first channel that is readable', async () => {
  const channels = [open(), open()];
  const selected = selectReadable(channels, new AbortController().signal, undefined);
  await channels[1]?.write(block(1));
  expect(await selected).toBe(1);
});

test('select answers with none when its wait has run out', async () => {
  expect(await selectReadable([open()], new AbortController().signal, 1)).toBeUndefined();
});

test('select ends with canceled when the workload is stopped', async () => {
  const stop = new AbortController();
  const selected = selectReadable([open()], stop.signal, undefined);
  stop.abort();
  await expect(selected).rejects.toMatchObject({ code: 'canceled' });
});

test('nothing is lost, doubled or reordered, and the bound holds, for any writers and reader', async () => {
  const batches = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      batches,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      async (sizes, bound, reads) => {
        const channel = open(bound);
        let next = 0;
        const writes = sizes.map((size) =>
          channel.write(block(...Array.from({ length: size }, () => next++))),
        );
        void Promise.all(writes).then(() => channel.end());
        const seen: string[] = [];
        for (let ended = false; !ended; ) {
          await selectReadable([channel], new AbortController().signal, undefined);
          expect(channel.stats.queued).toBeLessThanOrEqual(bound);
          const taken = channel.take(reads, 10_000);
          seen.push(...Buffer.from(taken.bytes).toString().split('\n').slice(0, -1));
          ended = taken.ended;
        }
        expect(seen).toEqual(Array.from({ length: next }, (_, index) => String(index)));
      },
    ),
  );
});

import { describe, expect, test } from 'vitest';
import { blockOf, linesIn } from '../../test/support/streams.ts';
import { OrkError } from '../types/errors.ts';
import { Channel } from './channel.ts';
import { selectReadable } from './select.ts';

const open = (records = 4, bytes = 1000): Channel => new Channel({ records, bytes });

function take(channel: Channel, records = 100, bytes = 10_000): string[] {
  return linesIn(channel.take(records, bytes));
}

const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((r) => setImmediate(r, false))]);

test('records come out in the order in which they went in', async () => {
  const channel = open();
  await channel.write(blockOf(1, 2));
  await channel.write(blockOf(3));
  expect(take(channel)).toEqual(['1', '2', '3']);
});

test('a writer waits while the channel is full, and goes on when there is room', async () => {
  const channel = open(2);
  const write = channel.write(blockOf(1, 2, 3));
  expect(await settled(write)).toBe(false);
  expect(channel.stats).toMatchObject({ queued: 2, fillRatio: 1, backPressure: 1 });
  expect(take(channel, 1)).toEqual(['1']);
  expect(await settled(write)).toBe(true);
  expect(take(channel)).toEqual(['2', '3']);
});

test('a record larger than the byte bound passes through an empty channel alone', async () => {
  const channel = open(10, 5);
  const write = channel.write(blockOf('"a long record"', 2));
  expect(take(channel)).toEqual(['"a long record"']);
  await write;
  expect(take(channel)).toEqual(['2']);
});

test('the end is told with the last record, or after it', async () => {
  const channel = open();
  await channel.write(blockOf(1, 2));
  channel.end();
  expect(channel.take(1, 100).ended).toBe(false);
  expect(channel.take(1, 100).ended).toBe(true);
  expect(channel.take(1, 100)).toMatchObject({ records: 0, ended: true });
});

test("the producer's failure comes after everything it had written", async () => {
  const channel = open();
  await channel.write(blockOf(1));
  channel.fail(new OrkError('closed', 'it broke'));
  expect(channel.take(10, 100)).toMatchObject({ records: 1, ended: false });
  expect(() => channel.take(10, 100)).toThrow('it broke');
});

test('writers to a channel whose consumer has gone get closed', async () => {
  const channel = open(1);
  const waiting = channel.write(blockOf(1, 2));
  channel.abandon('failed');
  await expect(waiting).rejects.toMatchObject({ code: 'closed' });
  await expect(channel.write(blockOf(3))).rejects.toMatchObject({ code: 'closed' });
});

test('a writer that is stopped leaves the rest of its records out', async () => {
  const channel = open(1);
  const stop = new AbortController();
  const write = channel.write(blockOf(1, 2), stop.signal);
  stop.abort();
  await expect(write).rejects.toMatchObject({ code: 'canceled' });
  expect(take(channel)).toEqual(['1']);
  expect(take(channel)).toEqual([]);
});

test('select answers with the first channel that is readable', async () => {
  const channels = [open(), open()];
  const selected = selectReadable(channels, new AbortController().signal, undefined);
  await channels[1]?.write(blockOf(1));
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

test('a writer that is stopped lets the next one go on', async () => {
  const channel = open(10, 6);
  const stop = new AbortController();
  await channel.write(blockOf('"a"'));
  const large = channel.write(blockOf('"large"'), stop.signal);
  const small = channel.write(blockOf(1));
  stop.abort();
  await expect(large).rejects.toMatchObject({ code: 'canceled' });
  expect(await settled(small)).toBe(true);
});

describe('drop_new', () => {
  const full = async (): Promise<Channel> => {
    const channel = new Channel({ records: 2, bytes: 100, overflow: 'drop_new' });
    await channel.write(blockOf(1));
    return channel;
  };

  test('keeps what came first, and says how many records it dropped', async () => {
    const channel = await full();
    expect(await channel.write(blockOf(2, 3, 4))).toBe(2);
    expect(take(channel)).toEqual(['1', '2']);
    expect(channel.stats).toMatchObject({ written: 4, read: 2, dropped: 2, backPressure: 1 });
  });
});

describe('drop_old', () => {
  test('keeps what came last, and counts the older records that it displaced', async () => {
    const channel = new Channel({ records: 2, bytes: 100, overflow: 'drop_old' });
    await channel.write(blockOf(1, 2));
    expect(await channel.write(blockOf(3))).toBe(1);
    expect(await channel.write(blockOf(4, 5, 6))).toBe(3);
    expect(take(channel)).toEqual(['5', '6']);
  });

  test('lets a record that is larger than the bound displace everything', async () => {
    const channel = new Channel({ records: 9, bytes: 8, overflow: 'drop_old' });
    await channel.write(blockOf(1, 2));
    expect(await channel.write(blockOf('"a long record"'))).toBe(2);
    expect(take(channel)).toEqual(['"a long record"']);
  });
});

describe('fail', () => {
  test('refuses what finds no room, after the records that did', async () => {
    const channel = new Channel({ records: 2, bytes: 100, overflow: 'fail' });
    await expect(channel.write(blockOf(1, 2, 3))).rejects.toMatchObject({
      code: 'resource-exhausted',
      reason: 'stream.policy-violation',
      message: 'the channel is full: 1 of 3 records found no room',
    });
    expect(take(channel)).toEqual(['1', '2']);
  });
});

test('tells of pressure once, and of its end when the stream has ended', async () => {
  const told: string[] = [];
  const channel = new Channel({
    records: 1,
    bytes: 100,
    onPressure: (state) => told.push(state),
    after: () => () => {},
  });
  const write = channel.write(blockOf(1, 2, 3));
  for (let read = 0; read < 3; read++) take(channel, 1);
  await write;
  expect(told).toEqual(['engaged']);
  channel.end();
  expect(told).toEqual(['engaged', 'released']);
});

test('pressure may end once no more than half of the room is taken', async () => {
  let calm = 0;
  const channel = new Channel({
    records: 4,
    bytes: 100,
    onPressure: () => {},
    after: () => {
      calm += 1;
      return () => {};
    },
  });
  const write = channel.write(blockOf(1, 2, 3, 4, 5));
  take(channel, 1);
  await write;
  take(channel, 1);
  expect([channel.stats.queued, calm]).toEqual([3, 0]);
  take(channel, 1);
  expect([channel.stats.queued, calm]).toEqual([2, 1]);
});

test('what waits when the consumer leaves is discarded, and counted', async () => {
  const channel = open();
  await channel.write(blockOf(1, 2, 3));
  take(channel, 1);
  channel.abandon('finished');
  expect(channel.stats).toMatchObject({ written: 3, read: 1, discarded: 2, queued: 0 });
});

describe('what a channel has seen is told once its consumer has left', () => {
  const overheard = (): { told: object[]; channel: Channel } => {
    const told: object[] = [];
    return {
      told,
      channel: new Channel({ records: 4, bytes: 1000, onOver: (stats) => told.push(stats) }),
    };
  };

  test('with how full it was when the stream ended', async () => {
    const { told, channel } = overheard();
    await channel.write(blockOf(1, 2));
    channel.end();
    take(channel);
    expect(told).toEqual([]);
    channel.abandon('finished');
    channel.abandon('finished');
    expect(told).toEqual([{ ...channel.stats, read: 2, fillRatio: 0.5 }]);
  });

  test('with how full it was when the consumer left before the end', async () => {
    const { told, channel } = overheard();
    await channel.write(blockOf(1, 2, 3));
    channel.abandon('failed');
    channel.end();
    expect(told).toEqual([{ ...channel.stats, discarded: 3, fillRatio: 0.75 }]);
  });
});

import { expect, test } from 'vitest';
import { checkedBlock } from './block.ts';
import { Channel, type Departure } from './channel.ts';
import { FanOut } from './fan-out.ts';

const limits = { records: 2, bytes: 100 };
const signal = new AbortController().signal;
const two = checkedBlock(Buffer.from('1\n2\n'), 2);

test('every consumer gets every record', async () => {
  const channels = [new Channel(limits), new Channel(limits)];
  await new FanOut(channels).write(two, signal);
  for (const channel of channels) expect(channel.take(9, 99).records).toBe(2);
});

test('the slowest consumer holds the producer back', async () => {
  const [fast, slow] = [new Channel(limits), new Channel(limits)] as const;
  const port = new FanOut([fast, slow]);
  await port.write(two, signal);
  fast.take(9, 99);
  const second = port.write(two, signal);
  expect(fast.take(9, 99).records).toBe(2);
  slow.take(9, 99);
  await second;
  expect(port.written).toBe(4);
});

test('one consumer that goes away does not disturb the others', async () => {
  const [gone, here] = [new Channel(limits), new Channel(limits)] as const;
  gone.abandon('failed');
  await new FanOut([gone, here]).write(two, signal);
  expect(here.take(9, 99).records).toBe(2);
});

test('when all consumers have gone the producer gets closed', async () => {
  const gone = new Channel(limits);
  gone.abandon('failed');
  await expect(new FanOut([gone]).write(two, signal)).rejects.toMatchObject({ code: 'closed' });
});

test('a producer whose consumers have all they want is told apart from one whose consumers failed', async () => {
  const channels = [new Channel(limits), new Channel(limits)] as const;
  const port = new FanOut([...channels]);
  for (const channel of channels) channel.abandon('finished');
  await expect(port.write(two, signal)).rejects.toMatchObject({ reason: 'stream.finished' });
});

test('records for consumers that never ran are discarded', async () => {
  const absent = new Channel(limits);
  absent.abandon('absent');
  const port = new FanOut([absent]);
  await port.write(two, signal);
  expect(port).toMatchObject({ written: 2, discarded: 2 });
});

test('records without a consumer are counted and discarded', async () => {
  const port = new FanOut([]);
  await port.write(two, signal);
  expect(port).toMatchObject({ written: 2, discarded: 2 });
});

test('the drops of all consumers are told together', async () => {
  const dropping = { ...limits, overflow: 'drop_new' } as const;
  const port = new FanOut([new Channel(dropping), new Channel(dropping)]);
  expect(await port.write(two, signal)).toBe(0);
  expect(await port.write(two, signal)).toBe(4);
});

test('a channel that must not overflow fails the write, after the others have their records', async () => {
  const [strict, patient] = [
    new Channel({ ...limits, overflow: 'fail' }),
    new Channel({ records: 9, bytes: 100 }),
  ] as const;
  const port = new FanOut([strict, patient]);
  await port.write(two, signal);
  await expect(port.write(two, signal)).rejects.toMatchObject({
    reason: 'stream.policy-violation',
  });
  expect(patient.take(9, 99).records).toBe(4);
});

test('a write of which only a part was taken has moved records', async () => {
  const port = new FanOut([new Channel({ records: 1, bytes: 100, overflow: 'fail' })]);
  expect(port.moved).toBe(false);
  await expect(port.write(two, signal)).rejects.toMatchObject({ code: 'resource-exhausted' });
  expect(port).toMatchObject({ moved: true, written: 0 });
});

test('a consumer that turns out to be absent lets a waiting producer go on', async () => {
  const channel = new Channel(limits);
  const port = new FanOut([channel]);
  await port.write(two, signal);
  const write = port.write(two, signal);
  channel.abandon('absent');
  expect(await write).toBe(0);
  expect(port).toMatchObject({ written: 4, discarded: 2 });
});

test('a consumer that comes later gets what is written from then on, and one that goes is forgotten', async () => {
  const [early, late] = [new Channel(limits), new Channel(limits)] as const;
  const port = new FanOut([early]);
  await port.write(two, signal);
  port.attach(late);
  early.take(9, 99);
  await port.write(two, signal);
  expect(late.take(9, 99).records).toBe(2);
  port.detach(early);
  port.detach(late);
  await port.write(two, signal);
  expect(port).toMatchObject({ written: 6, discarded: 2 });
});

test('a consumer that comes after the end sees it at once', () => {
  const late = new Channel(limits);
  const port = new FanOut([]);
  port.end();
  port.attach(late);
  expect(late.take(1, 1)).toMatchObject({ records: 0, ended: true });
});

test.each<[Departure, Departure, string]>([
  ['finished', 'finished', 'stream.finished'],
  ['finished', 'failed', 'stream.closed'],
  ['failed', 'failed', 'stream.closed'],
])('when its consumers are %s and %s a write fails with that', async (one, other, reason) => {
  const channels = [new Channel(limits), new Channel(limits)] as const;
  channels[0].abandon(one);
  channels[1].abandon(other);
  await expect(new FanOut([...channels]).write(two, signal)).rejects.toMatchObject({
    code: 'closed',
    reason,
  });
});

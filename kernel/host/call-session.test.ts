import { duplexPair } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { blockOf } from '../../test/support/streams.ts';
import { encodeFrame, FRAME_KINDS } from '../frames/frame.ts';
import { type Message, Peer } from '../frames/peer.ts';
import { MAX_RECORD_BYTES } from '../streams/block.ts';
import { Channel, type ChannelOptions } from '../streams/channel.ts';
import { FanOut } from '../streams/fan-out.ts';
import type { JsonObject } from '../types/json.ts';
import { CallSession } from './call-session.ts';
import { TemporaryFiles } from './temporary-files.ts';

const NO_BYTES = new Uint8Array(0);
const LARGE = { records: 100_000, bytes: 64 * 1024 * 1024 };

/** A call in the kernel, and the socket of the worker that makes it: what it sends is up to the test. */
function hostile({
  inputs = 2,
  limits = { records: 4, bytes: 1000 },
}: {
  inputs?: number;
  limits?: ChannelOptions;
} = {}) {
  const channels = Array.from({ length: inputs }, () => new Channel(LARGE));
  const consumer = new Channel(limits);
  const stop = new AbortController();
  const onDenied = vi.fn();
  const session = new CallSession(
    {
      inputs: channels.map((channel, index) => ({ source: `input${index}`, channel })),
      outputs: [{ name: 'main', port: new FanOut([consumer]) }],
      temporaries: new TemporaryFiles('/tmp', []),
      waits: new Set(),
      onLog: () => {},
      onReady: () => {},
      onDenied,
    },
    stop.signal,
  );
  const closed = vi.fn();
  const [kernelEnd, socket] = duplexPair();
  new Peer(kernelEnd, {
    request: (method, message) => session.answer(method, message),
    event: (method, { header }) => session.event(method, header),
    closed,
  });
  const worker = new Peer(socket, { request: () => ({}), event: () => {}, closed: () => {} });
  const ask = (method: string, header: JsonObject, body: Uint8Array = NO_BYTES): Promise<Message> =>
    worker.request(method, header, body);
  return { channels, consumer, stop, closed, onDenied, socket, ask };
}

const read = { input: 0, records: 10, bytes: 1000, wait: null };

describe('a batch is refused that', () => {
  test.each([
    ['holds a line feed inside a record', '{"a":\n1}\n', 1],
    ['holds fewer records than it says', '{}\n', 2],
    ['holds more records than it says', '{}\n{}\n', 1],
    ['has no line feed at its end', '{}\n{', 2],
    ['says that it is empty', '{}\n', 0],
    ['says that it is not empty', '', 1],
  ])('%s', async (_, text, records) => {
    const { ask, consumer } = hostile();
    await expect(
      ask('output.write', { output: 0, records }, Buffer.from(text)),
    ).rejects.toMatchObject({ code: 'invalid-argument', reason: 'protocol.malformed-batch' });
    expect(consumer.stats.written).toBe(0);
  });

  test('holds a record above the limit', async () => {
    const { ask, consumer } = hostile();
    const body = Buffer.alloc(MAX_RECORD_BYTES + 2, 'a');
    body[body.length - 1] = 10;
    await expect(ask('output.write', { output: 0, records: 1 }, body)).rejects.toMatchObject({
      code: 'resource-exhausted',
      reason: 'protocol.oversized-record',
    });
    expect(consumer.stats.written).toBe(0);
  });

  test.each([[-1], [1], [0.5], ['main'], [null], [2 ** 53]])(
    'goes to output %j',
    async (output) => {
      const { ask } = hostile();
      await expect(
        ask('output.write', { output, records: 1 }, Buffer.from('{}\n')),
      ).rejects.toMatchObject({ code: 'invalid-argument', reason: 'protocol.violation' });
    },
  );

  test.each([[-1], [1.5], ['1'], [null], [Number.MAX_VALUE]])(
    'counts %j records',
    async (records) => {
      const { ask } = hostile();
      await expect(
        ask('output.write', { output: 0, records }, Buffer.from('{}\n')),
      ).rejects.toMatchObject({ code: 'invalid-argument', reason: 'protocol.violation' });
    },
  );
});

describe('a call that the module does not declare', () => {
  test.each(['state.get', 'state.set', 'sql.query', ''])(
    '%j is refused, and told',
    async (call) => {
      const { ask, onDenied } = hostile();
      const refusal = { code: 'denied', reason: 'capability.not-granted' };
      await expect(ask(call, { path: ['a'] })).rejects.toMatchObject(refusal);
      await expect(ask(call, { path: ['a'] })).rejects.toMatchObject(refusal);
      expect(onDenied.mock.calls).toEqual([[call]]);
    },
  );

  test('is told of sixteen kinds, and of a long name the start', async () => {
    const { ask, onDenied } = hostile();
    for (let kind = 0; kind < 20; kind++) {
      await expect(ask(`${kind}${'x'.repeat(100)}`, {})).rejects.toMatchObject({ code: 'denied' });
    }
    expect(onDenied).toHaveBeenCalledTimes(16);
    expect(onDenied.mock.calls[0]).toEqual([`0${'x'.repeat(63)}`]);
  });
});

describe('a read', () => {
  test.each([[-1], [2], [0.5], ['0'], [null], ['length'], ['__proto__']])(
    'of input %j is refused',
    async (input) => {
      const { ask } = hostile();
      await expect(ask('input.read', { ...read, input })).rejects.toMatchObject({
        code: 'invalid-argument',
        reason: 'protocol.violation',
      });
    },
  );

  test.each([
    ['records', -1],
    ['records', 0.5],
    ['bytes', 'all'],
    ['bytes', 1e300],
    ['wait', -5],
  ])('whose `%s` is %j is refused, and takes nothing', async (field, value) => {
    const { ask, channels } = hostile();
    await channels[0]?.write(blockOf('{}'));
    await expect(ask('input.read', { ...read, [field]: value })).rejects.toMatchObject({
      code: 'invalid-argument',
      reason: 'protocol.violation',
    });
    expect(channels[0]?.stats.read).toBe(0);
  });

  test('for more than a frame can carry gets a part', async () => {
    const { ask, channels } = hostile();
    const record = JSON.stringify('x'.repeat(MAX_RECORD_BYTES / 2));
    for (let n = 0; n < 40; n++) await channels[0]?.write(blockOf(record));
    const most = Number.MAX_SAFE_INTEGER;
    const { header, body } = await ask('input.read', { ...read, records: most, bytes: most });
    expect(body.length).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(header).toEqual({ records: 7, ended: false });
  });

  test('beside another one of the same input is refused, and the first one is answered', async () => {
    const { ask, channels } = hostile();
    const first = ask('input.read', read);
    await expect(ask('input.read', read)).rejects.toMatchObject({
      code: 'resource-exhausted',
      reason: 'protocol.concurrent-read',
    });
    await channels[0]?.write(blockOf('{}'));
    expect((await first).header).toEqual({ records: 1, ended: false });
  });
});

test.each([[[]], [[0, 1, 0]], [[2]], [['0']], [[-1]], ['01'], [null]])(
  'a select among %j is refused',
  async (inputs) => {
    const { ask } = hostile();
    await expect(ask('streams.select', { inputs, wait: null })).rejects.toMatchObject({
      code: 'invalid-argument',
      reason: 'protocol.violation',
    });
  },
);

test('what a call may use is all it gets', async () => {
  const { ask } = hostile();
  await expect(ask('state.set', { path: ['x'], value: 1 })).rejects.toMatchObject({
    code: 'denied',
    reason: 'capability.not-granted',
  });
});

test('a worker that goes on writing while its consumer waits holds a bounded part of the kernel', async () => {
  const { ask, consumer } = hostile();
  const { bytes } = blockOf(JSON.stringify('x'.repeat(MAX_RECORD_BYTES - 3)));
  const write = () => ask('output.write', { output: 0, records: 1 }, bytes);
  await write();
  const writes = Array.from({ length: 40 }, () =>
    write().then(
      () => 'written',
      ({ reason }) => reason as string,
    ),
  );
  const refused = writes.slice(16);
  expect(new Set(await Promise.all(refused))).toEqual(new Set(['protocol.too-much-in-flight']));
  for (let taken = 0; taken < 17; taken++) consumer.take(1, MAX_RECORD_BYTES);
  expect(new Set(await Promise.all(writes.slice(0, 16)))).toEqual(new Set(['written']));
});

test('a worker that asks and does not read the answers gets no further ones', async () => {
  const { channels, socket } = hostile({ inputs: 1 });
  socket.pause();
  const record = JSON.stringify('x'.repeat(MAX_RECORD_BYTES / 2));
  for (let n = 0; n < 120; n++) await channels[0]?.write(blockOf(record));
  for (let id = 1; id <= 100; id++) {
    const header = { m: 'input.read', ...read, bytes: 4 * 1024 * 1024 };
    socket.write(
      Buffer.concat(encodeFrame({ kind: FRAME_KINDS.request, id, header, body: NO_BYTES })),
    );
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { read: taken } = channels[0]?.stats ?? { read: 0 };
  expect(taken).toBeGreaterThan(20);
  expect(taken * record.length).toBeLessThan(24 * 1024 * 1024);
});

describe('a worker loses its connection, and nobody else, that', () => {
  test('announces an oversized frame', async () => {
    const { socket, closed } = hostile();
    const neighbour = hostile();
    socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff]));
    await vi.waitFor(() =>
      expect(closed).toHaveBeenCalledWith(
        expect.objectContaining({ code: 'resource-exhausted', reason: 'protocol.oversized-frame' }),
      ),
    );
    await neighbour.ask('output.write', { output: 0, records: 1 }, Buffer.from('{}\n'));
    expect(neighbour.consumer.stats.written).toBe(1);
    expect(neighbour.closed).not.toHaveBeenCalled();
  });

  test('sends no frame at all', async () => {
    const { socket, closed } = hostile();
    socket.write(Buffer.from([0, 0, 0, 9, 77, 0, 0, 0, 1, 0, 0, 0, 0]));
    await vi.waitFor(() =>
      expect(closed).toHaveBeenCalledWith(
        expect.objectContaining({ reason: 'protocol.malformed-frame' }),
      ),
    );
  });

  test('has more than 1,024 host calls in flight', async () => {
    const { ask, closed } = hostile();
    const neighbour = hostile();
    const selects = Array.from({ length: 1025 }, () =>
      ask('streams.select', { inputs: [0], wait: null }).catch(({ code }) => code),
    );
    await vi.waitFor(() =>
      expect(closed).toHaveBeenCalledWith(
        expect.objectContaining({ reason: 'protocol.violation' }),
      ),
    );
    expect(new Set(await Promise.all(selects))).toEqual(new Set(['unavailable']));
    await neighbour.ask('output.write', { output: 0, records: 1 }, Buffer.from('{}\n'));
    expect(neighbour.consumer.stats.written).toBe(1);
  });
});

test('a call that is stopped has its waiting reads and writes canceled', async () => {
  const { ask, stop } = hostile();
  const ends = [
    ask('input.read', read),
    ask('streams.select', { inputs: [0, 1], wait: null }),
    ask('output.write', { output: 0, records: 5 }, blockOf(1, 2, 3, 4, 5).bytes),
  ].map((call) => call.catch(({ code }) => code));
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  expect(await Promise.all(ends)).toEqual(['canceled', 'canceled', 'canceled']);
});

test('the drops of a stream are told to the module', async () => {
  const { ask } = hostile({ limits: { records: 1, bytes: 1000, overflow: 'drop_new' } });
  const { header } = await ask('output.write', { output: 0, records: 3 }, blockOf(1, 2, 3).bytes);
  expect(header).toEqual({ dropped: 2 });
});

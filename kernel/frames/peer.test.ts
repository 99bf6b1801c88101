import { duplexPair } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { OrkError } from '../types/errors.ts';
import { encodeFrame, FRAME_KINDS } from './frame.ts';
import { Peer, type PeerHandlers, readCount } from './peer.ts';

const silent: PeerHandlers = { request: () => ({}), event: () => {}, closed: () => {} };

function pair(left: Partial<PeerHandlers>, right: Partial<PeerHandlers>): [Peer, Peer] {
  const [one, other] = duplexPair();
  return [new Peer(one, { ...silent, ...left }), new Peer(other, { ...silent, ...right })];
}

test('answers reach their requests, whatever the order in which they come', async () => {
  const waiting: (() => void)[] = [];
  const [kernel] = pair(
    {},
    {
      request: (method) =>
        new Promise((resolve) => waiting.push(() => resolve({ header: { answer: method } }))),
    },
  );
  const first = kernel.request('first', {});
  const second = kernel.request('second', {});
  await vi.waitFor(() => expect(waiting).toHaveLength(2));
  for (const answer of waiting.reverse()) answer();
  expect((await first).header['answer']).toBe('first');
  expect((await second).header['answer']).toBe('second');
});

test('bodies travel as they are', async () => {
  const [kernel] = pair({}, { request: (_, message) => ({ body: message.body }) });
  const reply = await kernel.request('echo', {}, Buffer.from([0, 10, 255]));
  expect([...reply.body]).toEqual([0, 10, 255]);
});

test('an error keeps its code, reason and hint', async () => {
  const failure = new OrkError('denied', 'no', { reason: 'files.not-granted', hint: 'grant it' });
  const [kernel] = pair(
    {},
    {
      request: () => {
        throw failure;
      },
    },
  );
  await expect(kernel.request('open', {})).rejects.toMatchObject(failure.toDetails());
});

test('everything under way fails when the other end is gone', async () => {
  const closed = vi.fn();
  const [kernel, worker] = pair({ closed }, { request: () => new Promise(() => {}) });
  const request = kernel.request('forever', {});
  worker.close();
  await expect(request).rejects.toMatchObject({ code: 'unavailable' });
  expect(closed).toHaveBeenCalledOnce();
  await expect(kernel.request('more', {})).rejects.toMatchObject({ code: 'unavailable' });
});

test('an answer to no request cuts the connection', async () => {
  const closed = vi.fn();
  const [one, other] = duplexPair();
  new Peer(one, { ...silent, closed });
  const frame = { kind: FRAME_KINDS.result, id: 7, header: {}, body: new Uint8Array(0) };
  other.write(Buffer.concat(encodeFrame(frame)));
  await vi.waitFor(() =>
    expect(closed).toHaveBeenCalledWith(expect.objectContaining({ reason: 'protocol.violation' })),
  );
});

test('a flood of calls cuts the connection', async () => {
  const closed = vi.fn();
  const [, worker] = pair({ closed, request: () => new Promise(() => {}) }, {});
  for (let call = 0; call < 1025; call++) worker.request('hang', {}).catch(() => {});
  await vi.waitFor(() =>
    expect(closed).toHaveBeenCalledWith(expect.objectContaining({ reason: 'protocol.violation' })),
  );
});

test.each([[-1], [1.5], ['3'], [null], [2 ** 60]])('%j is no count', (value) => {
  expect(() => readCount({ records: value }, 'records')).toThrow(/no count/);
});

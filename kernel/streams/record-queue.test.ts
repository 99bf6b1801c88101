import { expect, test } from 'vitest';
import { blockOf, linesIn } from '../../test/support/streams.ts';
import { RecordQueue } from './record-queue.ts';

test('a few records that wait do not keep the large frame that they came in', () => {
  const frame = new Uint8Array(1024 * 1024).fill(0x20);
  frame.set(Buffer.from('{"n":1}\n'));
  const queue = new RecordQueue({ records: 10, bytes: 1000 });
  queue.accept({ bytes: frame.subarray(0, 8), records: 1 });
  const taken = queue.take(1, 100);
  expect(linesIn(taken)).toEqual(['{"n":1}']);
  expect(taken.bytes.buffer.byteLength).toBe(8);
});

test('many small blocks are taken as one', () => {
  const queue = new RecordQueue({ records: 100, bytes: 1000 });
  for (let n = 0; n < 100; n++) queue.accept(blockOf(n));
  expect(linesIn(queue.take(100, 1000))).toEqual(Array.from({ length: 100 }, (_, n) => String(n)));
  expect(queue).toMatchObject({ records: 0, bytes: 0, highWater: 100 });
});

test('it is as full as the tighter of its bounds', () => {
  const queue = new RecordQueue({ records: 10, bytes: 20 });
  queue.accept(blockOf('"1234567"'));
  expect(queue.fillRatio).toBe(0.5);
});

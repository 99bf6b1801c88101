import { expect, test } from 'vitest';
import { linesIn } from '../../../test/support/streams.ts';
import { HostError } from '../host-error.ts';
import { Output } from './streams.ts';

const MIB = 1024 * 1024;

/** An output, and what its sink was sent. */
function output(dropped = 0) {
  const sent: { lines: string[]; records: number; bytes: number }[] = [];
  const to = new Output('main', {
    send: async (bytes, records) => {
      sent.push({ lines: linesIn({ bytes, records }), records, bytes: bytes.length });
      return dropped;
    },
  });
  return { to, sent };
}

async function refusal(write: Promise<number>): Promise<unknown> {
  const error = await write.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof HostError ? error.payload : error;
}

test('records go out as lines, counted', async () => {
  const { to, sent } = output();
  expect(await to.write(['{"a":1}', '{"b":"é"}'])).toBe(0);
  expect(sent).toEqual([{ lines: ['{"a":1}', '{"b":"é"}'], records: 2, bytes: 19 }]);
});

test('much at once goes out in parts, and their drops are told together', async () => {
  const record = JSON.stringify('x'.repeat(MIB / 2));
  const written = output(1);
  expect(await written.to.write(Array(5).fill(record))).toBe(3);
  expect(written.sent.map(({ records }) => records)).toEqual([2, 2, 1]);
  const block = output(1);
  expect(await block.to.writeBlock(Buffer.from(`${record}\n`.repeat(5)))).toBe(5);
  expect(block.sent.every(({ bytes }) => bytes <= MIB)).toBe(true);
});

test.each([
  ['a record with a line feed', (to: Output) => to.write(['{"a":\n1}'])],
  ['a block without a line feed at its end', (to: Output) => to.writeBlock(Buffer.from('{}\n{}'))],
])('%s is refused before it is sent', async (_, write) => {
  const { to, sent } = output();
  expect(await refusal(write(to))).toMatchObject({
    code: 'invalid-argument',
    reason: 'stream.malformed-batch',
  });
  expect(sent).toEqual([]);
});

test.each([
  ['ASCII', 'x'.repeat(MIB)],
  ['text of several bytes a character', 'é'.repeat(MIB / 2)],
])('a record of too much %s is refused before it is sent', async (_, text) => {
  const record = JSON.stringify(text);
  for (const write of [
    (to: Output) => to.write([record]),
    (to: Output) => to.writeBlock(Buffer.from(`${record}\n`)),
  ]) {
    const { to, sent } = output();
    expect(await refusal(write(to))).toMatchObject({
      code: 'resource-exhausted',
      reason: 'stream.oversized-record',
      message: `a record of ${MIB + 2} bytes exceeds the limit of ${MIB}`,
    });
    expect(sent).toEqual([]);
  }
});

test('nothing is sent for nothing', async () => {
  const { to, sent } = output();
  expect([await to.write([]), await to.writeBlock(Buffer.alloc(0))]).toEqual([0, 0]);
  expect(sent).toEqual([]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkedBlock, joinBlocks, MAX_RECORD_BYTES, splitBlock } from './block.ts';

function block(...records: string[]) {
  return checkedBlock(Buffer.from(records.map((record) => `${record}\n`).join('')), records.length);
}

const text = ({ bytes }: { bytes: Uint8Array }): string => Buffer.from(bytes).toString();

test('splitting and joining gives back the same records within both bounds', () => {
  const records = fc.array(fc.string({ maxLength: 20 }).map((value) => JSON.stringify(value)));
  fc.assert(
    fc.property(
      records,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 60 }),
      (all, maxRecords, maxBytes) => {
        const whole = block(...all);
        const [first, rest] = splitBlock(whole, maxRecords, maxBytes);
        expect(text(joinBlocks([first, rest]))).toBe(text(whole));
        expect(first.records).toBeLessThanOrEqual(maxRecords);
        expect(first.bytes.length <= maxBytes || first.records === 1).toBe(true);
        expect(checkedBlock(first.bytes, first.records)).toEqual(first);
      },
    ),
  );
});

test.each([
  ['a wrong count', '{}\n{}\n', 1],
  ['a missing last line feed', '{}\n{}', 2],
  ['no records at all, said to be one', '', 1],
])('%s is refused', (_, bytes, records) => {
  expect(() => checkedBlock(Buffer.from(bytes), records)).toThrow(
    expect.objectContaining({ reason: 'protocol.malformed-batch' }),
  );
});

test('a record above the limit is refused', () => {
  const bytes = Buffer.alloc(MAX_RECORD_BYTES + 2, 'a');
  bytes[bytes.length - 1] = 10;
  expect(() => checkedBlock(bytes, 1)).toThrow(
    expect.objectContaining({ reason: 'protocol.oversized-record' }),
  );
});

import { expect, test, vi } from 'vitest';
import { OrkError } from '../../types/errors.ts';
import { ReadAhead, type RecordBlock } from './read-ahead.ts';

function block(lines: string[], ended = false): RecordBlock {
  return {
    bytes: Buffer.from(lines.map((line) => `${line}\n`).join('')),
    records: lines.length,
    ended,
  };
}

const text = ({ bytes }: RecordBlock): string => Buffer.from(bytes).toString();
const wide = { records: 100, bytes: 1000 };

test('the next block is asked for before the guest asks', async () => {
  const fetch = vi
    .fn()
    .mockResolvedValueOnce(block(['1']))
    .mockResolvedValueOnce(block(['2'], true));
  const input = new ReadAhead(fetch);
  expect(text(await input.read(wide, undefined))).toBe('1\n');
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(await input.read(wide, undefined)).toMatchObject({ records: 1, ended: true });
});

test('nothing is asked for after the end', async () => {
  const fetch = vi.fn().mockResolvedValue(block(['1'], true));
  await new ReadAhead(fetch).read(wide, undefined);
  expect(fetch).toHaveBeenCalledOnce();
});

test('a block that is too large for narrower bounds comes in parts, the end with the last', async () => {
  const fetch = vi
    .fn()
    .mockResolvedValueOnce(block(['a']))
    .mockResolvedValueOnce(block(['1', '2', '3'], true));
  const input = new ReadAhead(fetch);
  await input.read(wide, undefined);
  const parts = [
    await input.read({ records: 2, bytes: 1000 }, undefined),
    await input.read({ records: 2, bytes: 1000 }, undefined),
  ];
  expect(parts.map(text)).toEqual(['1\n2\n', '3\n']);
  expect(parts.map(({ ended }) => ended)).toEqual([false, true]);
});

test('a record larger than the bound comes alone', async () => {
  const fetch = vi
    .fn()
    .mockResolvedValueOnce(block(['x']))
    .mockResolvedValueOnce(block(['long', 'y'], true));
  const input = new ReadAhead(fetch);
  await input.read(wide, undefined);
  expect(text(await input.read({ records: 9, bytes: 2 }, undefined))).toBe('long\n');
  expect(text(await input.read({ records: 9, bytes: 2 }, undefined))).toBe('y\n');
});

test('a wait that runs out loses nothing of what is on its way', async () => {
  const { promise, resolve } = Promise.withResolvers<RecordBlock>();
  const fetch = vi
    .fn()
    .mockResolvedValueOnce(block(['1']))
    .mockReturnValueOnce(promise);
  const input = new ReadAhead(fetch);
  await input.read(wide, undefined);
  expect(await input.read(wide, 1)).toMatchObject({ records: 0, ended: false });
  resolve(block(['2'], true));
  expect(text(await input.read(wide, 1))).toBe('2\n');
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('a failure of the producer comes when the guest reads on, not before', async () => {
  const failure = new OrkError('closed', 'the producer failed');
  const fetch = vi
    .fn()
    .mockResolvedValueOnce(block(['1']))
    .mockRejectedValueOnce(failure);
  const input = new ReadAhead(fetch);
  expect(text(await input.read(wide, undefined))).toBe('1\n');
  await expect(input.read(wide, undefined)).rejects.toBe(failure);
});

test('what is on its way tells whether a read would return at once', async () => {
  const { promise, resolve } = Promise.withResolvers<RecordBlock>();
  const fetch = vi
    .fn()
    .mockResolvedValueOnce(block(['1']))
    .mockReturnValueOnce(promise);
  const input = new ReadAhead(fetch);
  expect(input.readable(1)).toBeUndefined();
  await input.read(wide, undefined);
  expect(await input.readable(1)).toBe(false);
  resolve(block(['2']));
  expect(await input.readable(undefined)).toBe(true);
});

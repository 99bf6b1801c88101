import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBounded } from './read-bounded.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ork-read-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('a file of %i bytes', async (size) => {
  await writeFile(at('file'), 'x'.repeat(size));
  expect(await readBounded(at('file'), 1_000_000, '')).toBe('x'.repeat(size));
});

test.each([1, 65_535, 65_536, 99_999])('at most one byte more than %i', async (limit) => {
  await writeFile(at('file'), 'x'.repeat(100_001));
  expect(await readBounded(at('file'), limit, '')).toBe('x'.repeat(limit + 1));
});

test('characters that lie across two chunks', async () => {
  const text = `x${'é'.repeat(50_000)}`;
  await writeFile(at('file'), text);
  expect(await readBounded(at('file'), 1_000_000, '')).toBe(text);
});

test('a pipe, when its text comes', async () => {
  await promisify(execFile)('mkfifo', [at('pipe')]);
  const read = readBounded(at('pipe'), 1_000_000, '');
  await writeFile(at('pipe'), 'x'.repeat(150_000));
  expect(await read).toBe('x'.repeat(150_000));
});

test('a file that says nothing of its size', async () => {
  expect(await readBounded('/proc/self/status', 1_000_000, '')).toContain('Name:');
});

test.each([
  ['none', 'there is no such file'],
  ['file/below', 'ENOTDIR: not a directory, open '],
  ['.', 'it is a folder'],
  ['loop', 'ELOOP: too many symbolic links encountered, open '],
])('%s cannot be read: %s', async (name, reason) => {
  await writeFile(at('file'), '');
  await symlink('loop', at('loop')).catch(() => {});
  const reading = readBounded(at(name), 10, 'look');
  await expect(reading).rejects.toMatchObject({
    code: 'not-found',
    reason: 'cli.unreadable-file',
    hint: 'look',
    message: expect.stringContaining(`cannot read ${at(name)}: ${reason}`),
  });
});

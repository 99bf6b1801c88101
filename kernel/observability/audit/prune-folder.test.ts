import { readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/ork.ts';
import { pruneFolder } from './prune-folder.ts';

const nameOf = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}.jsonl`;

/** A folder of files, the first one the oldest. */
async function folderOf(names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const [age, name] of names.entries()) {
    const file = path.join(folder, name);
    await writeFile(file, '');
    await utimes(file, 1000 + age, 1000 + age);
  }
  return folder;
}

const sorted = async (folder: string): Promise<string[]> => (await readdir(folder)).sort();

test('the oldest logs go, as many as there are too many', async () => {
  const names = [5, 4, 3, 2, 1].map(nameOf);
  const folder = await folderOf(names);
  await pruneFolder(folder, 3);
  expect(await sorted(folder)).toEqual(names.slice(2).sort());
});

test('as many as may be kept stay', async () => {
  const names = [1, 2, 3].map(nameOf);
  const folder = await folderOf(names);
  await pruneFolder(folder, 3);
  expect(await sorted(folder)).toEqual(names);
});

test('a part that was set aside counts as a log', async () => {
  const names = [`${nameOf(1)}.000001`, `${nameOf(1)}.000002`, nameOf(1)];
  const folder = await folderOf(names);
  await pruneFolder(folder, 2);
  expect(await sorted(folder)).toEqual([nameOf(1), `${nameOf(1)}.000002`]);
});

test('what is no log of a run is left alone', async () => {
  const names = ['notes.txt', 'my.jsonl', `${nameOf(1)}.bak`, `x${nameOf(1)}`];
  const folder = await folderOf(names);
  await pruneFolder(folder, 0);
  expect(await sorted(folder)).toEqual([...names].sort());
});

test('several may prune at once', async () => {
  const names = Array.from({ length: 30 }, (_, index) => nameOf(index));
  const folder = await folderOf(names);
  await Promise.all([pruneFolder(folder, 10), pruneFolder(folder, 10), pruneFolder(folder, 10)]);
  expect(await sorted(folder)).toEqual(names.slice(20));
});

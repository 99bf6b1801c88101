import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { TemporaryFiles } from './temporary-files.ts';

const NAME = '.report.txt.0a1b-2c.tmp';
let root: string;
let files: TemporaryFiles;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'ork-temporary-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const folder of ['work', 'granted', 'outside']) {
    await mkdir(path.join(root, folder));
    await writeFile(path.join(root, folder, NAME), '');
  }
  await writeFile(path.join(root, 'work/report.txt'), '');
  await symlink('../outside', path.join(root, 'work/link'));
  files = new TemporaryFiles(path.join(root, 'work'), ['../granted']);
});

test('what was announced and not settled is removed, where the workload may write', async () => {
  files.add(path.join(root, 'work', NAME));
  files.add(path.join(root, 'granted', NAME));
  files.removeAll();
  expect(await readdir(path.join(root, 'work'))).not.toContain(NAME);
  expect(await readdir(path.join(root, 'granted'))).toEqual([]);
});

test('what was settled stays', async () => {
  files.add(path.join(root, 'work', NAME));
  files.settle(path.join(root, 'work', NAME));
  files.removeAll();
  expect(await readdir(path.join(root, 'work'))).toContain(NAME);
});

test.each(['work/report.txt', `outside/${NAME}`, `work/../outside/${NAME}`, `work/link/${NAME}`])(
  'a worker cannot have %s removed',
  async (file) => {
    const before = await readdir(root, { recursive: true });
    files.add(`${root}/${file}`);
    files.removeAll();
    expect(await readdir(root, { recursive: true })).toEqual(before);
  },
);

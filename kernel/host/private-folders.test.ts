import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PrivateFolders } from './private-folders.ts';

test('only the folders of this call are removed, in every root, and no link is followed', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'ork-test-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const other = path.join(root, 'other');
  const folders = new PrivateFolders([path.join(root, 'missing'), root, other]);
  await mkdir(path.join(other, `${folders.name}-b`), { recursive: true });
  await mkdir(path.join(root, `${folders.name}-a`));
  await writeFile(path.join(root, `${folders.name}-a`, 'key'), 'hunter22');
  await mkdir(path.join(root, 'ork-private-of-another-call'));
  await writeFile(path.join(root, 'ork-private-of-another-call', 'key'), 'hunter22');
  await symlink('ork-private-of-another-call', path.join(root, `${folders.name}-link`));
  folders.removeAll();
  expect((await readdir(root, { recursive: true })).sort()).toEqual([
    'ork-private-of-another-call',
    'ork-private-of-another-call/key',
    'other',
  ]);
});

test('no two calls share a name', () => {
  expect(new PrivateFolders().name).not.toBe(new PrivateFolders().name);
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { PathResolver } from './paths.ts';

let root: string;
let resolver: PathResolver;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'ork-paths-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(path.join(root, 'work'));
  await mkdir(path.join(root, 'readable'));
  await mkdir(path.join(root, 'outside'));
  await writeFile(path.join(root, 'outside/secret'), '');
  resolver = new PathResolver({
    workspace: path.join(root, 'work'),
    read: ['../readable'],
    write: [],
  });
});

const denied = expect.objectContaining({ code: 'denied', reason: 'files.not-granted' });

test('relative paths start at the workspace', async () => {
  expect(await resolver.resolve('a/b', 'write')).toBe(path.join(root, 'work/a/b'));
});

test('a read grant lets a path be read, not written', async () => {
  const granted = path.join(root, 'readable/x');
  expect(await resolver.resolve(granted, 'read')).toBe(granted);
  await expect(resolver.resolve(granted, 'write')).rejects.toEqual(denied);
});

test.each(['../outside/secret', '/etc/passwd', 'a/../../outside/secret', '..'])(
  '%s is denied',
  async (guestPath) => {
    await expect(resolver.resolve(guestPath, 'read')).rejects.toEqual(denied);
  },
);

test('a name that only starts with two dots is inside', async () => {
  expect(await resolver.resolve('..data', 'read')).toBe(path.join(root, 'work/..data'));
});

test('a link that leads outside is denied, however deep it lies', async () => {
  await symlink('../outside', path.join(root, 'work/link'));
  await expect(resolver.resolve('link/secret', 'read')).rejects.toEqual(denied);
  await expect(resolver.resolve('link/new/file', 'write')).rejects.toEqual(denied);
});

test('a link to nothing outside cannot be written through', async () => {
  await symlink('../outside/new', path.join(root, 'work/dangling'));
  await expect(resolver.resolve('dangling', 'write')).rejects.toEqual(denied);
});

test('a link itself can be the subject, wherever it leads', async () => {
  await symlink('../outside/secret', path.join(root, 'work/link'));
  expect(await resolver.resolve('link', 'write', false)).toBe(path.join(root, 'work/link'));
});

test.each(['.', 'a/..', '../readable', '..'])('%s cannot be removed', async (guestPath) => {
  await expect(resolver.resolveRemovable(guestPath)).rejects.toBeInstanceOf(Error);
  await expect(resolver.resolveRemovable(path.join(root, 'work'))).rejects.toMatchObject({
    reason: 'files.whole-grant',
  });
});

test.each(['', 'a\0b'])('%j is no path', async (guestPath) => {
  await expect(resolver.resolve(guestPath, 'read')).rejects.toMatchObject({
    code: 'invalid-argument',
  });
});

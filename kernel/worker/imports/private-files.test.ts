import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type PrivateFile, writePrivateFiles } from './private-files.ts';

let root: string;
const releases: (() => void)[] = [];
const call = {
  privateFolder: 'ork-private-test',
  onEnd: (release: () => void) => void releases.push(release),
};

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'ork-test-'));
  releases.length = 0;
  onTestFinished(() => rm(root, { recursive: true, force: true }));
});

function file(name: string, text = 'hunter22'): PrivateFile {
  return [name, Buffer.from(text)];
}

test('files and folder are for this user alone, and go with the call', async () => {
  const folder = writePrivateFiles([file('api.key'), file('b', 'x')], call, [root]);
  expect(path.basename(folder)).toMatch(/^ork-private-test-/);
  expect(await readFile(path.join(folder, 'api.key'), 'utf8')).toBe('hunter22');
  const modes = await Promise.all(
    ['.', 'api.key', 'b'].map((name) => stat(path.join(folder, name))),
  );
  expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600']);
  for (const release of releases) release();
  expect(await readdir(root)).toEqual([]);
});

test('each program has a folder of its own', () => {
  const folders = [0, 1].map(() => writePrivateFiles([file('a')], call, [root]));
  expect(new Set(folders).size).toBe(2);
});

test('the next root is taken where the first does not exist', () => {
  const folder = writePrivateFiles([file('a')], call, [path.join(root, 'missing'), root]);
  expect(path.dirname(folder)).toBe(root);
});

test('without any root it fails', () => {
  expect(() => writePrivateFiles([file('a')], call, [path.join(root, 'missing')])).toThrow(
    expect.objectContaining({ code: 'io', reason: 'process.no-private-folder' }),
  );
});

test.each([
  ['..', [file('..')]],
  ['a slash', [file('a/b')]],
  ['no name', [file('')]],
  ['a hidden file', [file('.netrc')]],
  ['the same name twice', [file('a'), file('a')]],
  ['too many files', Array.from({ length: 65 }, (_, at) => file(`f${at}`))],
  ['too many bytes', [file('a', 'x'.repeat(1024 * 1024)), file('b', 'x')]],
])('%s is refused, and nothing is left', async (_, files) => {
  expect(() => writePrivateFiles(files, call, [root])).toThrow(
    expect.objectContaining({ code: 'invalid-argument', reason: 'process.private-file' }),
  );
  expect(await readdir(root)).toEqual([]);
});

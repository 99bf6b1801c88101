import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { checkout, temporaryFolder } from '../support/ork.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(path.join(folder, 'text'));
});

function build(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const command = [path.join(checkout, 'kernel/bin/ork-admin.js'), 'build-module', ...args];
  return run(process.execPath, command, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
}

test.each([
  ['a folder without sources', ['text', '-o', 'text.wasm'], 'there is no index.ts in text'],
  ['a folder that is not there', ['nowhere', '-o', 'text.wasm'], 'there is no index.ts in nowhere'],
  ['no output', ['text'], "required option '-o, --output <file>'"],
])('%s is wrong usage', async (_, args, expected) => {
  await expect(build(...args)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(expected),
  });
});

test.each([
  ['a folder as output', 'text', 'text is a folder'],
  ['an output below nothing', 'missing/text.wasm', 'there is no folder missing'],
])('%s is wrong usage', async (_, output, expected) => {
  await writeFile(path.join(folder, 'text/index.ts'), '');
  await expect(build('text', '-o', output)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(expected),
  });
});

test('a mistake in the sources is told with its place, and nothing is written', async () => {
  await writeFile(path.join(folder, 'text/index.ts'), 'export default {\n  oops\n  x: 1 };\n');
  await expect(build('text', '-o', 'text.wasm')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/index\.ts:3:\d+/),
  });
  expect(await readdir(folder)).toEqual(['text']);
});

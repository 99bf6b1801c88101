import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout } from '../support/ork.ts';

const run = promisify(execFile);
/** What the package may weigh: a guard against shipping sources, tools or components twice. */
const MAX_TARBALL_BYTES = 4 * 1024 * 1024;
/** With Node.js (211 MB) and the compiler of modules (49 MB). */
const MAX_INSTALLED_KIB = 300 * 1024;

const MODULE = `
import { defineFamily, defineModule } from '@ork/sdk';
import { z } from 'zod';

const count = defineModule({
  name: 'count',
  summary: 'Counts words.',
  params: z.strictObject({ text: z.string() }),
  result: z.object({ words: z.int() }),
  perform: (ctx) => ({ words: ctx.params.text.split(' ').length }),
});

export default defineFamily({
  family: 'text', version: '1.0.0', layer: 4, description: 'Text.', license: 'MIT', modules: [count],
});
`;

let folder: string;
let tarball: string;

/** A folder without the checkout, and a PATH without its tools. */
function inEmptyFolder(): { cwd: string; env: NodeJS.ProcessEnv } {
  const bin = path.join(folder, 'installed', 'bin');
  const env = { ...process.env, NO_COLOR: '1', PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` };
  return { cwd: path.join(folder, 'empty'), env };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ork-package-'));
  await mkdir(path.join(folder, 'empty'));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: checkout });
  const [name] = (await readdir(folder)).filter((entry) => entry.endsWith('.tgz'));
  tarball = path.join(folder, name as string);
  const prefix = path.join(folder, 'installed');
  await run('npm', ['install', '--global', '--prefix', prefix, tarball], inEmptyFolder());
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the tarball stays small', async () => {
  expect((await stat(tarball)).size).toBeLessThan(MAX_TARBALL_BYTES);
});

test('what is installed stays within its bound', async () => {
  const { stdout } = await run('du', ['-sk', path.join(folder, 'installed')]);
  expect(Number.parseInt(stdout, 10)).toBeLessThan(MAX_INSTALLED_KIB);
});

test('an installed ork runs a playbook in an empty folder', async () => {
  const place = inEmptyFolder();
  const example = path.join(checkout, 'examples/hello/playbook.yaml');
  await copyFile(example, path.join(place.cwd, 'playbook.yaml'));
  const { stdout } = await run('ork', ['run', 'playbook.yaml', '--output', 'json'], place);
  expect(JSON.parse(stdout).outputs).toEqual({ said: 'hello, world' });
});

test('an installed ork writes a first playbook, draws it and completes', async () => {
  const place = inEmptyFolder();
  await run('ork', ['init', 'first'], place);
  const { stdout: valid } = await run('ork', ['validate', 'first/playbook.yaml'], place);
  expect(valid).toBe('validation successful\n');
  const { stdout: svg } = await run(
    'ork',
    ['graph', 'first/playbook.yaml', '--format', 'svg'],
    place,
  );
  expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
  const { stdout: script } = await run('ork', ['completion', 'bash'], place);
  expect(script).toContain('complete -F _ork_completion ork\n');
});

test('an installed ork-admin builds a module that stands alone', async () => {
  const place = inEmptyFolder();
  await mkdir(path.join(place.cwd, 'text'));
  await writeFile(path.join(place.cwd, 'text/index.ts'), MODULE);
  const { stdout } = await run('ork-admin', ['build-module', 'text', '-o', 'text.wasm'], place);
  expect(stdout).toContain('text 1.0.0 (text:count)');
  expect((await stat(path.join(place.cwd, 'text.wasm'))).size).toBeGreaterThan(100_000);
});

test('an installed ork-ctl says that the daemon is not there yet', async () => {
  await expect(run('ork-ctl', [], inEmptyFolder())).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not available in this version'),
  });
});

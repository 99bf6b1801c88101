import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runOrk, temporaryFolder } from '../support/ork.ts';

test('init in an empty folder writes a playbook that validates, runs and can be drawn', async () => {
  const cwd = path.join(await temporaryFolder(), 'My first');
  await mkdir(cwd);
  const { code, stdout, stderr } = await runOrk(['init'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`wrote playbook.yaml
wrote .ork/playbook.schema.json
wrote .gitignore

Next:
  ork validate playbook.yaml
  ork run playbook.yaml
  ork graph playbook.yaml
`);
  const validated = await runOrk(['validate', 'playbook.yaml'], { cwd });
  expect(validated).toMatchObject({ code: 0, stdout: 'validation successful\n', stderr: '' });
  const run = await runOrk(['run', 'playbook.yaml', '--output', 'json'], { cwd });
  expect(JSON.parse(run.stdout)).toMatchObject({
    playbook: 'my-first',
    status: 'Completed',
    outputs: { said: 'hello, world', files: 2 },
  });
  const graph = await runOrk(['graph', 'playbook.yaml'], { cwd });
  expect(graph.stdout).toContain('\n╘═ count ');
  const help = await runOrk(['run', 'playbook.yaml', '--help'], { cwd });
  expect(help.stdout).toContain('  who  string  default "world"  Who is greeted.\n');
});

test('the first line points editors to the schema that ork schema prints', async () => {
  const folder = await temporaryFolder();
  await runOrk(['init', folder]);
  const playbook = await readFile(path.join(folder, 'playbook.yaml'), 'utf8');
  const [, place = ''] = /^# yaml-language-server: \$schema=(.+)\n/.exec(playbook) ?? [];
  const schema = await readFile(path.join(folder, place), 'utf8');
  expect(schema).toBe((await runOrk(['schema', 'playbook'])).stdout);
});

test('init makes the folder, and its advice can be copied', async () => {
  const cwd = await temporaryFolder();
  const { code, stdout } = await runOrk(['init', "it's new/123"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain(`\n  ork run 'it'\\''s new/123/playbook.yaml'\n`);
  const text = await readFile(path.join(cwd, "it's new/123/playbook.yaml"), 'utf8');
  expect(text).toContain('\nname: starter\n');
});

test.each(['playbook.yaml', '.ork/playbook.schema.json'])(
  'init never overwrites %s',
  async (name) => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, '.ork'));
    await writeFile(path.join(folder, name), 'mine');
    const before = await readdir(folder, { recursive: true });
    const { code, stdout, stderr } = await runOrk(['init', folder]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${path.join(folder, name)} is there already; nothing was written`);
    expect(await readFile(path.join(folder, name), 'utf8')).toBe('mine');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  },
);

test('init leaves a .gitignore alone', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, '.gitignore'), 'mine\n');
  const { code, stdout } = await runOrk(['init', folder]);
  expect(code).toBe(0);
  expect(stdout).not.toContain('.gitignore');
  expect(await readFile(path.join(folder, '.gitignore'), 'utf8')).toBe('mine\n');
});

test('init refuses a folder that cannot be, or that ork run would refuse', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'file'), '');
  const inTheWay = await runOrk(['init', path.join(folder, 'file')]);
  expect(inTheWay.code).toBe(2);
  expect(inTheWay.stderr).toContain('a file is in the way');
  const home = await runOrk(['init', folder], { env: { HOME: folder } });
  expect(home.code).toBe(2);
  expect(home.stderr).toContain('cannot be a workspace');
  expect(await readdir(folder)).not.toContain('playbook.yaml');
});

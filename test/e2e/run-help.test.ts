import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runOrk, temporaryFolder } from '../support/ork.ts';

async function fileOf(text: string): Promise<string> {
  const file = path.join(await temporaryFolder(), 'playbook.yaml');
  await writeFile(file, text);
  return file;
}

test('run PLAYBOOK --help ends with what the playbook takes, wherever the options stand', async () => {
  const file = await fileOf(
    'name: deploy\ninputs: { host: { type: string, default: localhost, description: Where to. } }\nvars: { n: 1 }\n',
  );
  const help = await runOrk(['run', '--help']);
  expect([help.code, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toMatch(/^Usage: ork run \[options\] <playbook>\n/);
  const own = `
Playbook deploy

Inputs (--var NAME=VALUE):
  host  string  default "localhost"  Where to.

Vars (--var NAME=VALUE):
  n  default 1
`;
  for (const args of [
    ['run', file, '--help'],
    ['run', '-h', '--var', 'n=2', file],
  ]) {
    expect(await runOrk(args)).toMatchObject({ code: 0, stdout: help.stdout + own, stderr: '' });
  }
});

test('a playbook that cannot be read is told after the help', async () => {
  const missing = await runOrk(['run', 'nothing.yaml', '--help']);
  expect(missing.code).toBe(2);
  expect(missing.stdout).toMatch(/^Usage: ork run /);
  expect(missing.stderr).toContain('cannot read nothing.yaml: there is no such file');
  const broken = await runOrk(['run', await fileOf('name: [\n'), '--help']);
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/playbook\.yaml:\d+:\d+: error: /);
});

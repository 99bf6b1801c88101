import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkout, runOrk, temporaryFolder } from '../support/ork.ts';

/** Stands for `ork`: completes as the real one does, else shows the words that the shell gave it. */
const STAND_IN = `#!/bin/sh
if [ "$1" = __complete ]; then exec '${process.execPath}' '${checkout}/kernel/bin/ork.js' "$@"; fi
printf '<%s>' "$@"; echo
`;

/** What `ork` gets of each of these lines, typed in an interactive bash on a terminal of its own. */
async function typeInBash(lines: string[]): Promise<string[]> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'my plays'));
  const example = path.join(checkout, 'examples/hello/playbook.yaml');
  await cp(example, path.join(folder, 'my plays/hello.yaml'));
  await writeFile(path.join(folder, 'my plays/help.txt'), '');
  await writeFile(path.join(folder, 'ork'), STAND_IN);
  await chmod(path.join(folder, 'ork'), 0o755);
  const { stdout: script } = await runOrk(['completion', 'bash']);
  await writeFile(path.join(folder, 'rc'), `PS1=; bind 'set bell-style none'\n${script}`);
  const command = ['-qec', 'bash --noprofile --rcfile rc -i', '/dev/null'];
  const bash = spawn('script', command, {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}`, TERM: 'dumb', HISTFILE: '' },
  });
  let screen = '';
  bash.stdout.on('data', (text) => {
    screen += text;
  });
  bash.stdin.end([...lines, 'exit', ''].join('\n'));
  await new Promise((resolve) => bash.once('close', resolve));
  return Array.from(screen.matchAll(/^<.*>/gm), ([shown]) => shown);
}

test('bash completes commands, options, values, playbooks and names', async () => {
  const typed = await typeInBash([
    'ork vali\tmy\thel\t --outp\tj\t',
    'ork run my\\ plays/hello.yaml --var w\tme --output=nd\t',
    'ork modules show data:pa\t',
    'ork run "my plays/hello.yaml" --workspace=my\t',
  ]);
  expect(typed).toEqual([
    '<validate><my plays/hello.yaml><--output><json>',
    '<run><my plays/hello.yaml><--var><who=me><--output=ndjson>',
    '<modules><show><data:parse>',
    '<run><my plays/hello.yaml><--workspace=my plays/>',
  ]);
});

test('each shell has a script that asks ork', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await runOrk(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Completion of ork in ${shell}.`);
    expect(stdout).toContain('ork __complete -- ');
  }
});

test('another shell is wrong usage', async () => {
  const { code, stdout, stderr } = await runOrk(['completion', 'csh']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
});

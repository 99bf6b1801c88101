import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { playbookFile, runOrk, temporaryFolder } from '../support/ork.ts';

const STACK_FRAME = /^\s+at .+:\d+:\d+/m;

async function fileWith(text: string): Promise<string> {
  const file = path.join(await temporaryFolder(), 'playbook.yaml');
  await writeFile(file, text);
  return file;
}

const workload = (rest: string): string =>
  `name: p\nschemaVersion: v1.0.0\nworkloads:\n  - name: w\n    lifecycle: { policy: run_once }\n${rest}`;

describe('an invalid playbook', () => {
  test.each([
    ['malformed YAML', 'name: [', 'yaml'],
    ['a wrong type', workload('    process: { module: 3, params: {} }\n'), 'expected string'],
    ['an unknown key', workload('    proces: { module: exec }\n'), "did you mean 'process'?"],
    [
      'an unknown module',
      workload('    process: { module: "filesystem:raed", params: {} }\n'),
      "did you mean 'filesystem:read'?",
    ],
    [
      'a missing param',
      workload('    process: { module: "filesystem:read", params: {} }\n'),
      'params.path is required',
    ],
    [
      'a cycle',
      workload('    process: { module: exec, params: { command: ls } }\n    depends_on: [v]\n') +
        '  - { name: v, lifecycle: { policy: run_once }, depends_on: [w], process: { module: exec, params: { command: ls } } }\n',
      'w → v → w',
    ],
    [
      'a field of another policy',
      workload('    process: { module: exec, params: { command: ls } }\n').replace(
        'run_once',
        'run_once, restart_policy: always',
      ),
      'belongs to the supervise policy, not to run_once',
    ],
  ])('%s: one clear error, exit code 1, nothing run', async (_, text, expected) => {
    const file = await fileWith(text);
    for (const command of ['validate', 'run']) {
      const { code, stdout, stderr } = await runOrk([command, file]);
      expect(stderr).toContain(expected);
      expect(stderr).toContain(`${file}:`);
      expect(stderr).toContain('validation failed');
      expect(stderr).not.toMatch(STACK_FRAME);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
  });

  test('is reported as JSON with the place of every problem', async () => {
    const file = await fileWith(workload('    process: { module: nope, params: {} }\n'));
    const { code, stdout } = await runOrk(['validate', file, '--output', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      errors: 1,
      warnings: 0,
      problems: [{ severity: 'error', file, line: 6, column: 24 }],
    });
  });

  test('shows the first hundred mistakes and counts the others', async () => {
    const missing = Array.from({ length: 250 }, (_, index) => `x${index}`).join(', ');
    const file = await fileWith(
      workload(
        `    process: { module: exec, params: { command: ls } }\n    depends_on: [${missing}]\n`,
      ),
    );
    const { code, stderr } = await runOrk(['validate', file]);
    expect(code).toBe(1);
    expect(stderr.match(/: error: /g)).toHaveLength(100);
    expect(stderr).toContain("there is no workload 'x99'");
    expect(stderr).toMatch(/\n… and 150 more\n\n250 errors\nvalidation failed\n$/);
    const { stdout } = await runOrk(['validate', file, '--output', 'json']);
    const { errors, problems } = JSON.parse(stdout);
    expect({ errors, kept: problems.length }).toEqual({ errors: 250, kept: 100 });
  });
});

test('a lifecycle that needs the daemon is valid, and `ork run` refuses it', async () => {
  const text = workload('    process: { module: exec, params: { command: ls } }\n');
  const file = await fileWith(text.replace('run_once', 'supervise'));
  expect(await runOrk(['validate', file])).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await runOrk(['run', file]);
  expect(stderr).toContain("`ork run` only runs run_once workloads; 'w' is supervise");
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});

test('a valid playbook is said to be valid on standard output', async () => {
  const file = await playbookFile(
    '  - { name: w, lifecycle: { policy: run_once }, process: { module: exec, params: { command: ls } } }\n',
  );
  expect(await runOrk(['validate', file])).toMatchObject({
    code: 0,
    stdout: 'validation successful\n',
    stderr: '',
  });
});

describe('wrong usage exits with 2', () => {
  test.each([
    ['a missing file', ['run', 'nowhere.yaml'], 'there is no such file'],
    ['an unknown flag', ['run', 'x.yaml', '--outptu', 'json'], 'Did you mean --output?'],
    ['an unknown command', ['rnu'], 'Did you mean run?'],
    ['no playbook', ['run'], "missing required argument 'playbook'"],
    ['an unknown format', ['run', 'x.yaml', '--output', 'xml'], 'text, json, ndjson'],
    ['a folder', ['run', '/tmp'], 'cannot read /tmp'],
  ])('%s', async (_, args, expected) => {
    const { code, stdout, stderr } = await runOrk(args);
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(STACK_FRAME);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each([
    ['a variable that is not declared', ['--var', 'thrashold=1'], "no variable 'thrashold'"],
    ['a --var without a value', ['--var', 'threshold'], 'NAME=VALUE'],
    ['a vars file that is not there', ['--vars-file', 'nowhere.yaml'], 'cannot read nowhere.yaml'],
    ['the root as workspace', ['--workspace', '/'], 'cannot be a workspace'],
    ['a workspace that is not there', ['--workspace', '/nowhere'], 'is not a folder'],
  ])('%s', async (_, args, expected) => {
    const file = await playbookFile(
      '  - { name: w, lifecycle: { policy: run_once }, process: { module: exec, params: { command: ls } } }\n',
      'vars: { threshold: 1 }\n',
    );
    const { code, stderr } = await runOrk(['run', file, ...args]);
    expect(stderr).toContain(expected);
    expect(code).toBe(2);
  });
});

test('a program that is not there fails its workload with `not-found`', async () => {
  const file = await playbookFile(
    '  - { name: w, lifecycle: { policy: run_once }, process: { module: exec, params: { command: no-such-program } } }\n',
  );
  const { code, stderr } = await runOrk(['run', file]);
  expect(code).toBe(1);
  expect(stderr).toContain("there is no program 'no-such-program'");
  expect(stderr).not.toMatch(STACK_FRAME);
});

test('params that a template makes wrong fail the workload, naming the param', async () => {
  const file = await playbookFile(`
  - { name: a, lifecycle: { policy: run_once }, register: a, process: { module: "control:identity", params: { n: 3 } } }
  - { name: b, lifecycle: { policy: run_once }, process: { module: "filesystem:read", params: { path: "{{ .a.summary.n }}" } } }
`);
  const { code, stderr } = await runOrk(['run', file]);
  expect(code).toBe(1);
  expect(stderr).toContain('params.path: expected string');
});

test('a full disk fails the workload and leaves neither half a file nor a temporary one', async () => {
  const workspace = await temporaryFolder();
  const file = await playbookFile(`
  - name: fill
    lifecycle: { policy: run_once }
    register: fill
    process: { module: exec, params: { shell: "head -c 300000 /dev/zero | tr '\\\\0' x" } }
  - name: write
    lifecycle: { policy: run_once }
    process: { module: "filesystem:write", params: { path: out.txt, content: "{{ .fill.summary.stdout }}" } }
`);
  const script = `mount -t tmpfs -o size=64k none ${workspace}; "$@"; code=$?; ls -A ${workspace} >&2; exit $code`;
  const through = ['unshare', '-rm', 'sh', '-c', script, 'sh'];
  // A user namespace with one user has none left for a worker.
  const args = ['run', file, '--workspace', workspace, '--output', 'json', '--sandbox', 'none'];
  const run = await runOrk(args, { through });
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout).workloads.write.error).toMatchObject({
    code: 'resource-exhausted',
    reason: 'io.enospc',
    hint: expect.stringContaining('disk is full'),
  });
  expect(run.stderr).not.toContain('out.txt.');
  expect(run.stderr).not.toMatch(/^\.?out\.txt/m);
});

test('without file descriptors for a worker the workload fails and says what to raise', async () => {
  const file = await playbookFile(
    '  - { name: w, lifecycle: { policy: run_once }, process: { module: exec, params: { command: ls } } }\n',
  );
  const through = ['sh', '-c', 'ulimit -n 24; exec "$@"', 'sh'];
  const { code, stdout } = await runOrk(['run', file, '--output', 'json'], { through });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).workloads.w.error).toMatchObject({
    code: 'resource-exhausted',
    hint: expect.stringContaining('ulimit -n'),
  });
});

test.each([
  ['a number that would be rounded', 'x=12345678901234567890'],
  ['an unknown tag', 'x=!foo y'],
  ['a second key', 'x=1\ny: 2'],
])('--var refuses %s', async (_, assignment) => {
  const file = await playbookFile(
    '  - { name: w, lifecycle: { policy: run_once }, process: { module: exec, params: { command: ls } } }\n',
    'vars: { x: 1 }\n',
  );
  const { code, stderr } = await runOrk(['run', file, '--var', assignment]);
  expect(stderr).toContain('--var x');
  expect(code).toBe(2);
});

test('a playbook without an end is refused, not read for ever', async () => {
  const { code, stderr } = await runOrk(['validate', '/dev/zero']);
  expect(stderr).toContain('the playbook is larger than 1048576 bytes');
  expect(code).toBe(1);
});

test('a report that cannot be written is an error, not a success', async () => {
  const file = await playbookFile(
    '  - { name: w, lifecycle: { policy: run_once }, process: { module: exec, params: { command: ls } } }\n',
  );
  const through = ['sh', '-c', '"$@" > /dev/full', 'sh'];
  const { code, stderr } = await runOrk(['run', file], { through });
  expect(stderr).toContain('cannot write to standard output');
  expect(code).toBe(1);
});

test('a playbook that may not be read is wrong usage', async () => {
  const file = await playbookFile('  []\n');
  await chmod(file, 0);
  // Root may read anything: the test runs as somebody else then.
  const through = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups'] : [];
  const { code, stderr } = await runOrk(['validate', file], { through });
  expect(stderr).toContain('cannot read');
  expect(code).toBe(2);
});

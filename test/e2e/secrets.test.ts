import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type OrkOptions,
  playbookFile,
  runOrk,
  startOrk,
  temporaryFolder,
} from '../support/ork.ts';
import { eventually, processesWith } from '../support/processes.ts';

const VALUE = 'hunter22-and-more';

async function secretsFile(text = `TOKEN: ${VALUE}\n`, mode = 0o600): Promise<string> {
  const file = path.join(await temporaryFolder(), 'secrets.yaml');
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

/** The report of a run of these workloads, with TOKEN from a file unless the options say otherwise. */
async function reportOf(
  workloads: string,
  options: OrkOptions & { args?: string[]; head?: string } = {},
) {
  const { args = ['--secrets-file', await secretsFile()], head, ...rest } = options;
  const playbook = await playbookFile(workloads, head);
  const run = await runOrk(['run', playbook, '--output', 'json', ...args], rest);
  expect(run.stdout, run.stderr).not.toBe('');
  return { report: JSON.parse(run.stdout), ...run };
}

const exec = (name: string, params: object, more = ''): string =>
  `  - { name: ${name}, lifecycle: { policy: run_once }, ${more} process: { module: exec, params: ${JSON.stringify(params)} } }\n`;

const LENGTH = { shell: 'printf %s "$T" | wc -c; echo "$T"', env: { T: "{{ secret 'TOKEN' }}" } };

describe('a secret', () => {
  test('reaches the module as it is, and is masked in the report', async () => {
    const { report, stdout, stderr, code } = await reportOf(exec('a', LENGTH));
    expect(code).toBe(0);
    expect(report.workloads.a.summary.stdout).toBe(`${VALUE.length}\n***\n`);
    expect(stdout + stderr).not.toContain(VALUE);
  });

  test('comes from the environment, which programs do not get to see', async () => {
    const { report } = await reportOf(exec('a', LENGTH) + exec('b', { command: ['env'] }), {
      args: [],
      env: { ORK_SECRET_TOKEN: VALUE, ORK_SECRET_OTHER: 'never-resolved' },
    });
    expect(report.workloads.a.summary.stdout).toBe(`${VALUE.length}\n***\n`);
    expect(report.workloads.b.summary.stdout).toContain('PATH=');
    expect(report.workloads.b.summary.stdout).not.toMatch(/ORK_SECRET|never-resolved/);
  });

  test('comes from the file before the environment', async () => {
    const { report } = await reportOf(exec('a', LENGTH), { env: { ORK_SECRET_TOKEN: 'another' } });
    expect(report.workloads.a.summary.stdout).toBe(`${VALUE.length}\n***\n`);
  });

  test('goes on from one workload to the next as it is', async () => {
    const { report } = await reportOf(
      `  - { name: a, register: a, lifecycle: { policy: run_once }, process: { module: "control:identity", params: { t: "{{ secret 'TOKEN' }}" } } }
  - { name: b, lifecycle: { policy: run_once }, process: { module: "control:identity", params: { size: "{{ size(a.summary.t) }}", is: "{{ a.summary.t == secret('TOKEN') }}" } } }
`,
      { head: 'outputs: { t: "<{{ .a.summary.t }}>" }\n' },
    );
    expect(report.workloads.a.summary).toEqual({ t: '***' });
    expect(report.workloads.b.summary).toEqual({ size: VALUE.length, is: true });
    expect(report.outputs).toEqual({ t: '<***>' });
  });

  test('is masked in every item of a loop that runs side by side, each with a secret of its own', async () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const secretOf = (item: number): string => `canary-${item}-${'x'.repeat(item)}-end`;
    const file = await secretsFile(items.map((item) => `T${item}: ${secretOf(item)}\n`).join(''));
    const playbook = await playbookFile(
      exec(
        'each',
        {
          // In two parts, while the others write as well; what is said last goes into the error.
          shell:
            'echo "$T" | cut -c1-9 | tr -d "\\n"; sleep 0.05; echo "$T" | cut -c10-; echo "no $T" >&2; exit 1',
          env: { T: "{{ secret('T' + string(item)) }}" },
        },
        `loop: ${JSON.stringify(items)}, loop_control: { parallel: 4, fail_fast: false }, retry: { attempts: 2, delay: 1ms, on: [other] },`,
      ),
    );
    const run = await runOrk(['run', playbook, '--secrets-file', file, '--output', 'ndjson']);
    expect(run.code).toBe(1);
    const { report } = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
    const { results } = report.workloads.each;
    expect(results).toHaveLength(10);
    for (const { summary, error, attempts } of results) {
      expect(attempts).toBe(2);
      expect(summary).toMatchObject({ stdout: '***\n', stderr: 'no ***\n' });
      expect(error.message).toContain('no ***');
    }
    expect(run.stdout.match(/"event":"workload.retrying"/g)).toHaveLength(10);
    expect(run.stdout + run.stderr).not.toMatch(/canary-/);
  });

  test('may be absent where there is a default', async () => {
    const { report } = await reportOf(
      exec('a', { command: ['echo', "{{ default(secret('ABSENT'), 'nothing') }}"] }),
    );
    expect(report.workloads.a.summary.stdout).toBe('nothing\n');
  });
});

describe('a secret that is not there', () => {
  test('stops the run before anything has started, and its likely name is told', async () => {
    const touch = exec('first', { command: ['touch', 'started'] });
    const params = { command: ['true'], stdin: "{{ secret('TOKKEN') }}" };
    const playbook = await playbookFile(touch + exec('second', params));
    const { code, stdout, stderr } = await runOrk([
      ...['run', playbook, '--secrets-file', await secretsFile()],
    ]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain("there is no secret 'TOKKEN'");
    expect(stderr).toContain("did you mean 'TOKEN'?");
    expect(stderr).toContain('--secrets-file, or set ORK_SECRET_TOKKEN');
    expect(await readdir(path.dirname(playbook))).toEqual(['playbook.yaml']);
  });

  test('fails its workload when its name is computed', async () => {
    const params = { command: ['true'], stdin: '{{ secret(.name) }}' };
    const { report, code } = await reportOf(exec('a', params), {
      head: 'vars: { name: ABSENT }\n',
    });
    expect(code).toBe(1);
    expect(report.workloads.a.error).toMatchObject({
      code: 'not-found',
      reason: 'secret.not-found',
      message: expect.stringContaining("there is no secret 'ABSENT'"),
    });
  });
});

describe('a secrets file', () => {
  test('that others can read is refused, and nothing runs', async () => {
    const playbook = await playbookFile(exec('a', { command: ['touch', 'started'] }));
    const file = await secretsFile(`TOKEN: ${VALUE}\n`, 0o640);
    const { code, stderr } = await runOrk(['run', playbook, '--secrets-file', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file} can be read or written by others (mode 640)`);
    expect(stderr).toContain(`chmod 600 ${file}`);
    expect(await readdir(path.dirname(playbook))).toEqual(['playbook.yaml']);
  });

  test('that is not the right YAML is refused without a word of its content', async () => {
    const playbook = await playbookFile(exec('a', { command: ['true'] }));
    const file = await secretsFile(`TOKEN: *${VALUE}\n`);
    const { code, stdout, stderr } = await runOrk([
      ...['run', playbook, '--debug', '--secrets-file', file],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:1:8 is not the YAML of a secrets file (yaml.`);
    expect(stdout + stderr).not.toContain(VALUE);
  });

  test('may be a pipe of a program that decrypts it', async () => {
    const playbook = await playbookFile(exec('a', LENGTH));
    const ork = `"$@" --output json --secrets-file <(echo 'TOKEN: ${VALUE}')`;
    const { stdout, stderr } = await runOrk(['run', playbook], {
      through: ['bash', '-c', ork, 'bash'],
    });
    expect(stdout, stderr).toContain(`${VALUE.length}\\n***\\n`);
  });
});

describe('secret_files', () => {
  const params = (shell: string) => ({
    shell: `${shell} # `,
    secret_files: { 'api.key': "{{ secret 'TOKEN' }}", other: 'x\ny\n' },
  });
  const PRIVATE = /^ork-private-/;
  const privateFolders = async (): Promise<string[]> =>
    (await Promise.all(['/dev/shm', '/tmp'].map((root) => readdir(root).catch(() => []))))
      .flat()
      .filter((name) => PRIVATE.test(name));

  async function folderOf(
    run: { said(text: string): Promise<void> },
    folder: string,
  ): Promise<string> {
    await run.said('▸ a');
    const note = path.join(folder, 'where');
    for (;;) {
      const where = await readFile(note, 'utf8').catch(() => '');
      if (where.endsWith('\n')) return where.trim();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  const waiting = (shell: string): string =>
    exec('a', params(`echo "$SECRETS_DIR" > where; ${shell}`));

  test('are private, complete, outside the workspace, and gone afterwards', async () => {
    const shell = 'cd "$SECRETS_DIR"; pwd; stat -c "%a %n" . *; wc -c < api.key; cat other';
    const { report } = await reportOf(exec('a', params(shell)));
    const [folder = '', ...said] = report.workloads.a.summary.stdout.split('\n');
    expect(path.basename(folder)).toMatch(PRIVATE);
    expect(said).toEqual(['700 .', '600 api.key', '600 other', `${VALUE.length}`, 'x', 'y', '']);
    expect(await privateFolders()).not.toContain(path.basename(folder));
  });

  test('with a name that leads elsewhere are refused', async () => {
    const names = ['../a', 'a/b', '.netrc'];
    const bad = names.map((name, at) =>
      exec(`a${at}`, { command: ['true'], secret_files: { [name]: 'x' } }),
    );
    const { code, stderr } = await runOrk(['validate', await playbookFile(bad.join(''))]);
    expect(code).toBe(1);
    for (const name of names) expect(stderr).toContain(`secret_files.${name}`);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('are gone when ork is ended by %s', async (signal) => {
    const sleep = `sleep 300.${Math.floor(Math.random() * 1e9)}`;
    const playbook = await playbookFile(waiting(`exec ${sleep}`));
    const run = startOrk(['run', playbook, '--secrets-file', await secretsFile()]);
    const folder = await folderOf(run, path.dirname(playbook));
    await eventually(async () => (await processesWith(sleep)).length > 0);
    const [program] = await processesWith(sleep);
    expect(await readdir(`/proc/${program}/root${folder}`)).toHaveLength(2);
    expect(await privateFolders()).not.toContain(path.basename(folder));
    run.child.kill(signal);
    await run.finished;
    // With its processes a sandbox loses its folders in memory.
    await eventually(async () => (await processesWith(sleep)).length === 0);
  });

  test('are gone when the worker is killed, and when time is up', async () => {
    const killed = await playbookFile(waiting('kill -9 $PPID; sleep 300'));
    const args = ['--secrets-file', await secretsFile()];
    const run = await runOrk(['run', killed, ...args]);
    expect(run.stderr).toContain('worker.killed');
    const where = await readFile(path.join(path.dirname(killed), 'where'), 'utf8');
    expect(await privateFolders()).not.toContain(path.basename(where.trim()));

    const late = await playbookFile(
      waiting('sleep 300').replace('name: a,', 'name: a, timeout: 500ms,'),
    );
    expect((await runOrk(['run', late, ...args])).stderr).toContain('workload.timeout');
    const folder = await readFile(path.join(path.dirname(late), 'where'), 'utf8');
    expect(await privateFolders()).not.toContain(path.basename(folder.trim()));
  });
});

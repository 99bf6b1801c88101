import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runOrk, startOrk, temporaryFolder } from '../support/ork.ts';

const ONCE = 'lifecycle: { policy: run_once }';

function call(name: string, file: string, inputs = '{}', rest = ''): string {
  const process = `process: { module: "control:playbook", params: { path: ${file}, inputs: ${inputs} } }`;
  return `  - { name: ${name}, ${ONCE}, ${process}, register: ${name}${rest} }\n`;
}

function workload(name: string, module: string, params: string, rest = ''): string {
  return `  - { name: ${name}, ${ONCE}, process: { module: "${module}", params: ${params} }${rest} }\n`;
}

const playbook = (workloads: string, head = ''): string =>
  `name: p\nschemaVersion: v1.0.0\n${head}workloads:\n${workloads}`;

/** A folder with these files; the path of its `main.yaml`. */
async function place(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return path.join(folder, 'main.yaml');
}

async function run(files: Record<string, string>, ...options: string[]) {
  const file = await place(files);
  const { code, stdout, stderr } = await runOrk(['run', file, '--output', 'json', ...options]);
  if (stdout === '') throw new Error(stderr);
  return { code, report: JSON.parse(stdout), folder: path.dirname(file) };
}

/** Takes a host, says hello to it. */
const GREET = playbook(
  workload(
    'greet',
    'control:identity',
    '{ text: "hello, {{ .host }}:{{ .port }}" }',
    ', register: g',
  ),
  'inputs: { host: { type: string }, port: { type: integer, default: 80 } }\noutputs: { said: "{{ .g.summary.text }}", port: "{{ .port }}" }\n',
);

test('outputs become the summary, inputs have their types, and playbooks nest', async () => {
  const { code, report } = await run({
    'main.yaml': playbook(
      call('outer', 'lib/outer.yaml', '{ name: "{{ .n }}" }'),
      'vars: { n: alpha }\noutputs: { all: "{{ .outer.summary }}" }\n',
    ),
    'lib/outer.yaml': playbook(
      call('inner', '../greet.yaml', '{ host: "{{ .name }}", port: "{{ 79 + 2 }}" }'),
      'inputs: { name: {} }\noutputs: { inner: "{{ .inner.summary }}" }\n',
    ),
    'greet.yaml': GREET,
  });
  expect(code).toBe(0);
  expect(report.outputs).toEqual({ all: { inner: { said: 'hello, alpha:81', port: 81 } } });
  expect(Object.keys(report.workloads)).toEqual(['outer']);
  expect(report.workloads.outer).toMatchObject({ status: 'Completed', attempts: 1, error: null });
});

test('a loop runs the playbook for each item', async () => {
  const { report } = await run({
    'main.yaml': playbook(
      call(
        'all',
        'greet.yaml',
        '{ host: "{{ .item }}" }',
        ', loop: [a, b, c], loop_control: { parallel: 2 }',
      ),
      'outputs: { said: "{{ .all.results.map(r, r.summary.said) }}" }\n',
    ),
    'greet.yaml': GREET,
  });
  expect(report.outputs.said).toEqual(['hello, a:80', 'hello, b:80', 'hello, c:80']);
});

test('each call sees results of its own, and no names of its caller', async () => {
  const { code } = await runOrk([
    'validate',
    await place({
      'main.yaml': playbook(call('c', 'x.yaml'), 'vars: { secretly: 1 }\n'),
      'x.yaml': playbook(workload('w', 'control:identity', '{ x: "{{ .secretly }}" }')),
    }),
  ]);
  expect(code).toBe(1);
});

describe('a failed child', () => {
  const FAILING = playbook(
    workload('fine', 'control:identity', '{}') +
      workload('bad', 'exec', '{ command: [sh, -c, "exit 3"] }') +
      workload('last', 'filesystem:write', '{ path: cleaned, content: x }', ', finally: true'),
  );

  test('fails the workload with the code of what has failed in it, named', async () => {
    const { code, report, folder } = await run({
      'main.yaml': playbook(call('c', 'x.yaml')),
      'x.yaml': FAILING,
    });
    expect(code).toBe(1);
    expect(report.workloads.c).toMatchObject({
      status: 'Failed',
      summary: null,
      error: { reason: 'playbook.child-failed' },
    });
    expect(report.workloads.c.error.message).toMatch(/^'bad' failed: .*exited with code 3/);
    expect(await readFile(path.join(folder, 'cleaned'), 'utf8')).toBe('x');
  });

  test('is tried again as a whole', async () => {
    const { report } = await run({
      'main.yaml': playbook(
        call('c', 'x.yaml', '{}', ', retry: { attempts: 3, delay: 1ms }, timeout: 30s'),
      ),
      'x.yaml': playbook(
        workload('third_time', 'exec', '{ shell: "echo >> tries; [ $(wc -l < tries) -ge 3 ]" }'),
      ),
    });
    expect(report.workloads.c).toMatchObject({ status: 'Completed', attempts: 3 });
  });

  test('can be ignored', async () => {
    const { code, report } = await run({
      'main.yaml': playbook(call('c', 'x.yaml', '{}', ', ignore_errors: true')),
      'x.yaml': FAILING,
    });
    expect(code).toBe(0);
    expect(report.workloads.c).toMatchObject({ status: 'Failed', ignored: true });
  });

  test('fails when its outputs cannot be rendered', async () => {
    const { report } = await run({
      'main.yaml': playbook(call('c', 'x.yaml')),
      'x.yaml': playbook(
        workload('w', 'control:identity', '{}', ', register: w'),
        'outputs: { o: "{{ .w.summary.nothing }}" }\n',
      ),
    });
    expect(report.workloads.c.error).toMatchObject({ reason: 'playbook.child-failed' });
    expect(report.workloads.c.error.message).toMatch(/x\.yaml: /);
  });
});

describe('a child that is stopped', () => {
  const SLOW = playbook(
    workload('slow', 'exec', '{ shell: "echo on; sleep 60", stream: none }') +
      workload('last', 'filesystem:write', '{ path: cleaned, content: x }', ', finally: true'),
  );

  test('by Ctrl-C still does what it does finally', async () => {
    const file = await place({ 'main.yaml': playbook(call('c', 'x.yaml')), 'x.yaml': SLOW });
    const started = startOrk(['run', file]);
    await started.said('▸ c/slow');
    started.child.kill('SIGINT');
    const { code, stdout } = await started.finished;
    expect(code).toBe(130);
    expect(stdout).toMatch(/! c +canceled/);
    expect(await readFile(path.join(path.dirname(file), 'cleaned'), 'utf8')).toBe('x');
  });

  test('by its timeout fails with that', async () => {
    const { report, folder } = await run({
      'main.yaml': playbook(call('c', 'x.yaml', '{}', ', timeout: 1s')),
      'x.yaml': SLOW,
    });
    expect(report.workloads.c.error).toMatchObject({ code: 'timeout', reason: 'workload.timeout' });
    expect(await readFile(path.join(folder, 'cleaned'), 'utf8')).toBe('x');
  });

  test("by the child playbook's own timeout fails with that", async () => {
    const { report } = await run({
      'main.yaml': playbook(call('c', 'x.yaml')),
      'x.yaml': SLOW.replace('workloads:', 'timeout: 1s\nworkloads:'),
    });
    expect(report.workloads.c.error).toMatchObject({
      code: 'timeout',
      reason: 'playbook.child-failed',
    });
  });

  test('by a second Ctrl-C ends at once, without what it does finally', async () => {
    const file = await place({
      'main.yaml': playbook(call('c', 'x.yaml')),
      'x.yaml': SLOW.replace('sleep 60', "trap '' TERM INT; touch started; sleep 60; sleep 60"),
    });
    const folder = path.dirname(file);
    const started = startOrk(['run', file]);
    while (!(await readdir(folder)).includes('started')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    started.child.kill('SIGINT');
    await started.said('stopping');
    started.child.kill('SIGINT');
    expect((await started.finished).code).toBe(130);
    expect((await readdir(folder)).sort()).toEqual(['main.yaml', 'started', 'x.yaml']);
  });
});

describe('a dry run', () => {
  test('of a child that knows what it would do has its outputs', async () => {
    const { report, folder } = await run(
      {
        'main.yaml': playbook(call('c', 'x.yaml')),
        'x.yaml': playbook(
          workload('w', 'filesystem:write', '{ path: out, content: x }', ', register: w'),
          'outputs: { changed: "{{ .w.summary.changed }}" }\n',
        ),
      },
      '--dry-run',
    );
    expect(report.workloads.c).toMatchObject({ status: 'Completed', summary: { changed: true } });
    await expect(readFile(path.join(folder, 'out'))).rejects.toThrow('ENOENT');
  });

  test('of a child that would run something would run', async () => {
    const { code, report } = await run(
      {
        'main.yaml': playbook(
          call('c', 'x.yaml') +
            workload('after', 'control:identity', '{ x: "{{ .c.summary.o }}" }'),
        ),
        'x.yaml': playbook(
          workload('w', 'exec', '{ command: [touch, made] }', ', register: w'),
          'outputs: { o: "{{ .w.summary.stdout }}" }\n',
        ),
      },
      '--dry-run',
    );
    expect(code).toBe(0);
    expect(report.workloads).toMatchObject({
      c: { status: 'Skipped', would_run: true },
      after: { status: 'Skipped', would_run: true },
    });
  });
});

describe('validation', () => {
  const validate = async (files: Record<string, string>) => {
    const file = await place(files);
    return runOrk(['validate', path.basename(file)], { cwd: path.dirname(file) });
  };

  test('shows mistakes in the child with the line of the child', async () => {
    const { code, stderr } = await validate({
      'main.yaml': playbook(call('c', 'lib/x.yaml')),
      'lib/x.yaml': playbook(
        '  - { name: w, lifecycle: { policy: run_once }, process: { module: exce } }\n',
      ),
    });
    expect(code).toBe(1);
    expect(stderr).toBe(`lib/x.yaml:4:68: error: there is no module 'exce'
  4 |   - { name: w, lifecycle: { policy: run_once }, process: { module: exce } }
    |                                                                    ^^^^
  hint: did you mean 'exec'?

1 error
validation failed
`);
  });

  test('refuses a cycle, and prints it', async () => {
    const { code, stderr } = await validate({
      'main.yaml': playbook(call('c', 'x.yaml')),
      'x.yaml': playbook(call('d', 'main.yaml')),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('these playbooks call each other: main.yaml → x.yaml → main.yaml');
  });

  test('refuses a ninth level', async () => {
    const levels = Array.from({ length: 9 }, (_, level) => level);
    const files = Object.fromEntries(
      levels.map((level) => [
        level === 0 ? 'main.yaml' : `p${level}.yaml`,
        playbook(call('c', `p${level + 1}.yaml`)),
      ]),
    );
    const { stderr } = await validate({ ...files, 'p9.yaml': GREET });
    expect(stderr).toContain('p8.yaml:4');
    expect(stderr).toContain('playbooks call each other more than 8 levels deep');
  });

  test('refuses what is no regular file', async () => {
    const up = path.relative(await temporaryFolder(), '/dev/zero');
    const device = await validate({ 'main.yaml': playbook(call('c', up)) });
    expect(device.stderr).toContain('cannot read /dev/zero: it is not a regular file');
    const folder = await validate({ 'main.yaml': playbook(call('c', 'lib')), 'lib/x': '' });
    expect(folder.stderr).toMatch(/cannot read .*lib: it is a folder/);
  });

  test('names what is wrong with the inputs of a call', async () => {
    const { stderr } = await validate({
      'main.yaml': playbook(call('c', 'greet.yaml', '{ hots: x }')),
      'greet.yaml': GREET,
    });
    expect(stderr).toContain("p: the playbook needs a value for 'host' (string)");
    expect(stderr).toContain("p: the playbook has no input 'hots'");
    expect(stderr).toContain("did you mean 'host'?");
  });
});

test('inputs that a template yields are checked when they are known', async () => {
  const { report } = await run({
    'main.yaml': playbook(call('c', 'greet.yaml', '{ host: "{{ 1 + 1 }}" }')),
    'greet.yaml': GREET,
  });
  expect(report.workloads.c.error).toMatchObject({
    code: 'invalid-argument',
    reason: 'playbook.input',
    message: "the input 'host' must be of type string, not number",
  });
});

test('a child gets no more files than its caller, whatever templates and links say', async () => {
  const outside = await temporaryFolder();
  await writeFile(path.join(outside, 'secret'), 'x');
  const file = await place({
    'main.yaml': playbook(
      call('by_template', 'x.yaml', `{ file: ${outside}/secret }`, ', ignore_errors: true') +
        call('by_link', 'x.yaml', '{ file: link/secret }'),
    ),
    'x.yaml': playbook(
      workload(
        'peek',
        'filesystem:read',
        '{ path: "{{ .file }}" }',
        ', security_context: { filesystem: { read: ["{{ .file }}"] } }',
      ),
      'inputs: { file: { type: string } }\n',
    ),
  });
  await symlink(outside, path.join(path.dirname(file), 'link'));
  const { code, stdout } = await runOrk(['run', file, '--output', 'json']);
  expect(code).toBe(1);
  for (const result of Object.values(JSON.parse(stdout).workloads)) {
    expect(result).toMatchObject({
      error: { code: 'denied', message: expect.stringContaining('asks for more than') },
    });
  }
});

test('events name the workloads of a child below their caller', async () => {
  const file = await place({
    'main.yaml': playbook(call('c', 'x.yaml', '{}', ', loop: [1, 2]')),
    'x.yaml': playbook(
      workload('lines', 'exec', '{ command: [echo, hi], stream: lines }') +
        workload('take', 'data:collect', '{}', ', stream_inputs: [lines]'),
    ),
  });
  const { stdout } = await runOrk(['run', file, '--output', 'ndjson']);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const count = (event: string) => events.filter((told) => told.event === event).length;
  expect([count('run.started'), count('run.finished')]).toEqual([1, 1]);
  const finished = events.filter(({ event }) => event === 'workload.finished');
  expect(finished.map((told) => told.workload).sort(), stdout).toEqual([
    'c',
    'c[0]/lines',
    'c[0]/take',
    'c[1]/lines',
    'c[1]/take',
  ]);
  expect(events.filter(({ event }) => event === 'stream.stats')).toMatchObject([
    { from: 'c[0]/lines', to: 'c[0]/take', written: 1 },
    { from: 'c[1]/lines', to: 'c[1]/take', written: 1 },
  ]);
});

test('secrets that a child uses are required before anything runs, and redacted', async () => {
  const files = {
    'main.yaml': playbook(call('c', 'x.yaml'), 'outputs: { o: "{{ .c.summary.o }}" }\n'),
    'x.yaml': playbook(
      workload('w', 'exec', '{ command: [cat], stdin: "{{ secret \'TOKEN\' }}" }', ', register: w'),
      'outputs: { o: "{{ .w.summary.stdout }}" }\n',
    ),
  };
  const file = await place(files);
  const without = await runOrk(['run', file]);
  expect(without.code).not.toBe(0);
  expect(without.stderr).toContain('TOKEN');
  const env = { ORK_SECRET_TOKEN: 'canary-12345678' };
  for (const output of ['json', 'ndjson', 'text']) {
    const { stdout, stderr } = await runOrk(['run', file, '--output', output], { env });
    expect(stdout).toContain('***');
    expect(stdout + stderr).not.toContain('canary-12345678');
  }
});

test('ork graph names the playbook that is called', async () => {
  const file = await place({
    'main.yaml': playbook(call('c', 'greet.yaml', '{ host: a }')),
    'greet.yaml': GREET,
  });
  expect((await runOrk(['graph', file])).stdout).toContain('control:playbook greet.yaml');
});

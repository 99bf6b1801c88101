import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  COVERAGE_VARIABLE,
  copyOfExample,
  playbookFile,
  runOrk,
  temporaryFolder,
} from '../support/ork.ts';
import { processesWith } from '../support/processes.ts';

test('the report goes to standard output, progress to standard error', async () => {
  const { code, stdout, stderr } = await runOrk(['run', await copyOfExample('hello')]);
  expect(code).toBe(0);
  expect(stdout).toContain('said: hello, world');
  expect(stderr).toContain('✓ greet');
  expect(stdout).not.toContain('▸');
});

test('--var replaces a variable, and its value is data', async () => {
  const playbook = await copyOfExample('hello');
  const { stdout } = await runOrk([
    'run',
    playbook,
    '--var',
    'who="{{ 1 + 1 }}"',
    '--output',
    'json',
  ]);
  expect(JSON.parse(stdout).outputs).toEqual({ said: 'hello, {{ 1 + 1 }}' });
});

test('--vars-file sets variables, --var wins over it', async () => {
  const vars = path.join(await temporaryFolder(), 'vars.yaml');
  await writeFile(vars, 'who: file\n');
  const playbook = await copyOfExample('hello');
  const fromFile = await runOrk(['run', playbook, '--vars-file', vars]);
  expect(fromFile.stdout).toContain('hello, file');
  const both = await runOrk(['run', playbook, '--vars-file', vars, '--var', 'who=flag']);
  expect(both.stdout).toContain('hello, flag');
});

test('--output json prints one document with every workload', async () => {
  const playbook = await playbookFile(`
  - { name: good, lifecycle: { policy: run_once }, process: { module: "control:identity", params: { a: 1 } } }
  - { name: bad, lifecycle: { policy: run_once }, process: { module: exec, params: { command: ["false"] } } }
  - name: after
    lifecycle: { policy: run_once }
    process: { module: "control:identity", params: {} }
    depends_on: [bad]
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    playbook: 'test',
    status: 'Failed',
    workloads: {
      good: { status: 'Completed', summary: { a: 1 }, error: null, attempts: 1 },
      bad: {
        status: 'Failed',
        summary: { exit_code: 1 },
        error: { code: 'other', reason: 'exec.exit-code' },
      },
      after: { status: 'Skipped', reason: "upstream 'bad' failed", summary: null, attempts: 0 },
    },
  });
});

test('--output ndjson prints an event a line, the report last', async () => {
  const { stdout } = await runOrk(['run', await copyOfExample('hello'), '--output', 'ndjson']);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ event }) => event)).toEqual([
    'run.started',
    'workload.started',
    'workload.finished',
    'run.finished',
  ]);
  expect(events.at(-1).report.status).toBe('Completed');
});

test('a registered result reaches the params of what depends on it, with its own type', async () => {
  const playbook = await playbookFile(`
  - name: first
    lifecycle: { policy: run_once }
    process: { module: "control:identity", params: { list: [1, 2, 3] } }
    register: first
  - name: second
    lifecycle: { policy: run_once }
    process: { module: "control:identity", params: { got: "{{ .first.summary.list }}", n: "{{ size(first.summary.list) }}" } }
`);
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(JSON.parse(stdout).workloads.second.summary).toEqual({ got: [1, 2, 3], n: 3 });
});

test('`when` that is false skips the workload and satisfies what depends on it', async () => {
  const playbook = await playbookFile(`
  - name: maybe
    lifecycle: { policy: run_once }
    process: { module: "control:identity", params: {} }
    when: "{{ 1 > 2 }}"
  - name: after
    lifecycle: { policy: run_once }
    process: { module: "control:identity", params: {} }
    depends_on: [maybe]
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).workloads).toMatchObject({
    maybe: { status: 'Skipped', reason: '`when` was false' },
    after: { status: 'Completed' },
  });
});

test('a workload beyond its timeout fails with `timeout`, and its program is gone', async () => {
  const marker = `${process.pid}${Date.now()}`;
  const playbook = await playbookFile(`
  - name: slow
    lifecycle: { policy: run_once }
    process: { module: exec, params: { shell: "sleep 300.${marker}" } }
    timeout: 300ms
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).workloads.slow.error).toMatchObject({
    code: 'timeout',
    reason: 'workload.timeout',
  });
  expect(await processesWith(`300.${marker}`)).toEqual([]);
});

test('--only runs what it names and what that needs, and tells a name that does not exist', async () => {
  const workload = (name: string, more = ''): string =>
    `  - { name: ${name}, lifecycle: { policy: run_once }, process: { module: "control:identity" }${more} }\n`;
  const playbook = await playbookFile(
    workload('first') + workload('second', ', depends_on: [first]') + workload('third'),
  );
  const run = await runOrk(['run', playbook, '--only', 'second', '--output', 'json']);
  const { workloads } = JSON.parse(run.stdout);
  expect(workloads).toMatchObject({
    first: { status: 'Completed' },
    second: { status: 'Completed' },
    third: { status: 'Skipped', reason: 'not selected', attempts: 0 },
  });
  const mistaken = await runOrk(['run', playbook, '--only', 'first,secnod']);
  expect(mistaken).toMatchObject({ code: 2, stdout: '' });
  expect(mistaken.stderr).toContain("did you mean 'second'");
});

test('an item beyond its timeout leaves its worker to no other item', async () => {
  const workersOf = async (items: string): Promise<string[]> => {
    const folder = await temporaryFolder();
    const playbook = await playbookFile(
      `  - { name: l, lifecycle: { policy: run_once }, loop: ${items}, timeout: 10s, loop_control: { fail_fast: false }, process: { module: exec, params: { shell: 'readlink /proc/self/ns/pid >> workers; {{ item }}' } } }\n`,
    );
    await runOrk(['run', playbook, '--workspace', folder]);
    return (await readFile(path.join(folder, 'workers'), 'utf8')).trim().split('\n');
  };
  const [first, second] = await workersOf('["true", "true"]');
  expect(second).toBe(first);
  const [stopped, next] = await workersOf('[sleep 60, "true"]');
  expect(next).toMatch(/^pid:/);
  expect(next).not.toBe(stopped);
});

test('a timeout that passes before the program has started prevents it', async () => {
  const playbook = await playbookFile(`
  - { name: late, lifecycle: { policy: run_once }, timeout: 1ms, process: { module: exec, params: { shell: "sleep 1; touch done" } } }
`);
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(JSON.parse(stdout).workloads.late.error).toMatchObject({ code: 'timeout' });
  expect(await readdir(path.dirname(playbook))).toEqual(['playbook.yaml']);
});

test('a timeout of weeks does not fire at once', async () => {
  const playbook = await playbookFile(
    `
  - { name: quick, lifecycle: { policy: run_once }, timeout: 1000h, process: { module: exec, params: { command: sleep 0.1 } } }
`,
    'timeout: 2000h\n',
  );
  expect(await runOrk(['run', playbook])).toMatchObject({ code: 0 });
});

test('a program that ends long before its reader loses none of its output', async () => {
  const shell =
    "yes | head -n 30000; sleep 0.2; yes $(printf '%0999d' 7) | head -n 1120; echo the-last-line";
  const playbook = await playbookFile(`
  - { name: fast, lifecycle: { policy: run_once }, process: { module: exec, params: { shell: ${JSON.stringify(shell)}, stream: lines } } }
  - name: slow
    lifecycle: { policy: run_once }
    stream_inputs: [fast]
    stream_policy: { buffer_size: 1 }
    register: slow
    process: { module: "data:aggregate", params: { aggregates: [{ op: count, as: n }, { op: last, field: line, as: last }] } }
  - { name: result, lifecycle: { policy: run_once }, stream_inputs: [slow], process: { module: "data:collect", params: {} } }
`);
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(JSON.parse(stdout).workloads.result.summary.records).toEqual([
    { n: 31_121, last: 'the-last-line' },
  ]);
});

test('records fan out to several consumers and fan in from several producers', async () => {
  const shell = (from: number): string =>
    `{ module: exec, params: { shell: "seq ${from} ${from + 4999}", stream: lines } }`;
  const playbook = await playbookFile(`
  - { name: low, lifecycle: { policy: run_once }, process: ${shell(1)} }
  - { name: high, lifecycle: { policy: run_once }, process: ${shell(5001)} }
  - { name: left, lifecycle: { policy: run_once }, stream_inputs: [low], process: { module: "control:identity", params: {} } }
  - { name: right, lifecycle: { policy: run_once }, stream_inputs: [low], process: { module: "control:identity", params: {} } }
  - name: count
    lifecycle: { policy: run_once }
    stream_inputs: [left, right, high]
    stream_policy: { buffer_size: 10 }
    process: { module: "data:aggregate", params: { aggregates: [{ op: count, as: n }] } }
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(code).toBe(0);
  const { count } = JSON.parse(stdout).workloads;
  expect(JSON.stringify(count.summary)).toContain('15000');
});

test('what a module writes to its dead_letter port reaches the consumer of that port', async () => {
  const playbook = await playbookFile(`
  - name: lines
    lifecycle: { policy: run_once }
    process: { module: exec, params: { shell: "printf '{\\"a\\":1}\\\\nnot json\\\\n'", stream: lines } }
  - name: parse
    lifecycle: { policy: run_once }
    stream_inputs: [lines]
    process: { module: "data:parse", params: { format: json, field: line, on_error: dead_letter } }
  - { name: good, lifecycle: { policy: run_once }, stream_inputs: [parse], process: { module: "data:collect", params: {} } }
  - { name: bad, lifecycle: { policy: run_once }, stream_inputs: [parse.dead_letter], process: { module: "data:collect", params: {} } }
`);
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  const { workloads } = JSON.parse(stdout);
  expect(workloads.good.summary.records).toEqual([{ a: 1 }]);
  expect(workloads.bad.summary.count).toBe(1);
});

test('a consumer that is skipped leaves its producer alone', async () => {
  const playbook = await playbookFile(`
  - { name: lines, lifecycle: { policy: run_once }, process: { module: exec, params: { shell: seq 1 5000, stream: lines } } }
  - { name: unwanted, lifecycle: { policy: run_once }, stream_inputs: [lines], when: "{{ false }}", process: { module: "data:collect", params: {} } }
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).workloads).toMatchObject({
    lines: { status: 'Completed' },
    unwanted: { status: 'Skipped' },
  });
});

test('with ignore_errors a failed producer ends its stream, and its consumers go on', async () => {
  const playbook = await playbookFile(`
  - { name: lines, lifecycle: { policy: run_once }, ignore_errors: true, process: { module: exec, params: { shell: seq 1 5; exit 3, stream: lines } } }
  - { name: all, lifecycle: { policy: run_once }, stream_inputs: [lines], process: { module: "data:collect", params: {} } }
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).workloads.all.summary.count).toBe(5);
});

test('a producer that fails takes its consumers with it', async () => {
  const playbook = await playbookFile(`
  - { name: lines, lifecycle: { policy: run_once }, process: { module: exec, params: { shell: seq 1 5; exit 3, stream: lines } } }
  - { name: all, lifecycle: { policy: run_once }, stream_inputs: [lines], process: { module: "data:collect", params: {} } }
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).workloads.all.error).toMatchObject({
    code: 'closed',
    reason: 'stream.upstream-failed',
  });
});

test('a program that reads its standard input finds it empty', async () => {
  const playbook = await playbookFile(`
  - { name: cat, lifecycle: { policy: run_once }, timeout: 10s, process: { module: exec, params: { command: cat } } }
`);
  expect(await runOrk(['run', playbook])).toMatchObject({ code: 0 });
});

test('a file that cannot be parsed is named', async () => {
  const playbook = await playbookFile(`
  - { name: list, lifecycle: { policy: run_once }, process: { module: "filesystem:list", params: { glob: "*.json" } } }
  - { name: parse, lifecycle: { policy: run_once }, stream_inputs: [list], process: { module: "data:parse", params: { format: json, file_field: path } } }
  - { name: all, lifecycle: { policy: run_once }, stream_inputs: [parse], process: { module: "data:collect", params: {} } }
`);
  const folder = path.dirname(playbook);
  await writeFile(path.join(folder, 'good.json'), '{}');
  await writeFile(path.join(folder, 'torn.json'), '{"a": ');
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(JSON.parse(stdout).workloads.parse.error.message).toContain('torn.json');
});

test('a pipe is not replaced by a file', async () => {
  const playbook = await playbookFile(`
  - { name: make, lifecycle: { policy: run_once }, process: { module: exec, params: { command: mkfifo pipe } } }
  - { name: write, lifecycle: { policy: run_once }, depends_on: [make], process: { module: "filesystem:write", params: { path: pipe, content: x } } }
`);
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(JSON.parse(stdout).workloads.write.error).toMatchObject({ reason: 'files.not-regular' });
});

test('ignore_errors lets the run go on as if nothing had failed', async () => {
  const playbook = await playbookFile(`
  - name: bad
    lifecycle: { policy: run_once }
    process: { module: exec, params: { command: "false" } }
    ignore_errors: true
  - { name: after, lifecycle: { policy: run_once }, depends_on: [bad], process: { module: "control:identity", params: {} } }
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).workloads).toMatchObject({
    bad: { status: 'Failed', ignored: true },
    after: { status: 'Completed' },
  });
});

test('files outside the workspace are denied, and the hint names the grant', async () => {
  const playbook = await playbookFile(`
  - { name: peek, lifecycle: { policy: run_once }, process: { module: "filesystem:read", params: { path: /etc/hostname } } }
`);
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(JSON.parse(stdout).workloads.peek.error).toMatchObject({
    code: 'denied',
    reason: 'files.not-granted',
    hint: expect.stringContaining('read: ["/etc/hostname"]'),
  });
});

test('programs see only the environment that was granted', async () => {
  const playbook = await playbookFile(
    `
  - { name: env, lifecycle: { policy: run_once }, process: { module: exec, params: { command: env } } }
  - name: granted
    lifecycle: { policy: run_once }
    process: { module: exec, params: { command: env } }
    security_context: { env: [SEEN] }
`,
  );
  const env = { SEEN: 'yes', OTHER: 'no' };
  const { stdout } = await runOrk(['run', playbook, '--output', 'json'], { env });
  const { workloads } = JSON.parse(stdout);
  const namesOf = (text: string): string[] =>
    text
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0] as string)
      .filter((name) => name !== COVERAGE_VARIABLE);
  expect(['HOME', 'INVOCATION_ID', 'LANG', 'PATH', 'PWD', 'TZ']).toEqual(
    expect.arrayContaining(namesOf(workloads.env.summary.stdout)),
  );
  expect(workloads.granted.summary.stdout).toContain('SEEN=yes');
  expect(workloads.granted.summary.stdout).not.toContain('OTHER');
});

test('a run without a sandbox says so in its report', async () => {
  const args = ['run', await copyOfExample('hello'), '--sandbox', 'none'];
  const { stdout } = await runOrk([...args, '--output', 'json']);
  expect(JSON.parse(stdout).not_enforced).toEqual(['sandbox']);
  expect((await runOrk(args)).stdout).toContain('not enforced: sandbox');
});

test('log lines from a module cannot steer the terminal', async () => {
  const playbook = await playbookFile(`
  - { name: loud, lifecycle: { policy: run_once }, process: { module: exec, params: { shell: "printf '\\\\033[31mred' >&2; exit 3" } } }
`);
  const { stderr, stdout } = await runOrk(['run', playbook]);
  expect(stderr + stdout).not.toContain('\u001b');
});

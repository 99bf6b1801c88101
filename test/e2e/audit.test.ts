import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { checkout, playbookFile, runOrk, startOrk, temporaryFolder } from '../support/ork.ts';
import type { Report } from '../support/run-workloads.ts';

const once = 'lifecycle: { policy: run_once }';
const exec = (...command: string[]): string =>
  `process: { module: exec, params: { command: ${JSON.stringify(command)} } }`;

async function linesOf(file: string): Promise<Report[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** The lines of a log, with what matters of each. */
async function eventsOf(file: string): Promise<string[]> {
  return (await linesOf(file)).map(({ event, workload, detail }) => {
    const about = detail.reason ?? detail.cause ?? detail.status ?? '';
    return [event, workload, about].filter((part) => part).join(' ');
  });
}

function verify(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const program = path.join(checkout, 'kernel/bin/ork-admin.js');
  return promisify(execFile)(process.execPath, [program, 'audit', 'verify', ...args]);
}

test('a run leaves a log in the state folder that is in order', async () => {
  const state = await temporaryFolder();
  const playbook = await playbookFile(`
  - { name: breaks, ${once}, ${exec('false')}, retry: { attempts: 2, delay: 0s, on: [other] } }
  - { name: after, ${once}, ${exec('true')}, depends_on: [breaks] }
  - { name: handles, ${once}, ${exec('true')}, when: "{{ _ork.workloads.breaks.status == 'Failed' }}" }
  - { name: cleans, ${once}, ${exec('true')}, finally: true }
`);
  const run = await runOrk(['run', playbook, '--output', 'json', '--max-parallel', '1'], {
    env: { XDG_STATE_HOME: state },
  });
  expect(run.code).toBe(1);
  const folder = path.join(state, 'ork/audit');
  const { run_id } = JSON.parse(run.stdout);
  expect(await readdir(folder)).toEqual([`${run_id}.jsonl`]);
  const file = path.join(folder, `${run_id}.jsonl`);
  expect(await eventsOf(file)).toEqual([
    'run.started',
    'workload.scheduled breaks dependencies satisfied',
    'workload.started breaks',
    'security.applied breaks',
    'module.loaded breaks',
    'workload.retrying breaks exec.exit-code',
    'workload.finished breaks exec.exit-code',
    "workload.skipped after upstream 'breaks' failed",
    'workload.scheduled handles failure handler',
    'workload.started handles',
    'security.applied handles',
    'module.loaded handles',
    'workload.finished handles Completed',
    'workload.scheduled cleans finally',
    'workload.started cleans',
    'security.applied cleans',
    'module.loaded cleans',
    'workload.finished cleans Completed',
    'run.finished Failed',
  ]);
  const { stdout } = await verify(file);
  expect(stdout).toContain('verification successful: 19 lines');

  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('failure handler', 'dependencies satisfied'));
  await expect(verify(file)).rejects.toMatchObject({
    code: 1,
    stderr: `${file}:9: this line was changed: its hash does not fit\nverification failed\n`,
  });
});

test('the log says what a stream carried, and that a run was interrupted', async () => {
  const file = path.join(await temporaryFolder(), 'audit.jsonl');
  const playbook = await playbookFile(`
  - { name: lines, ${once}, process: { module: exec, params: { command: [seq, "3"], stream: lines } } }
  - { name: kept, ${once}, process: { module: "data:collect" }, stream_inputs: [lines] }
  - { name: waits, ${once}, ${exec('sleep', '60')}, depends_on: [kept] }
`);
  const { child, said, finished } = startOrk(['run', playbook, '--audit-log', file]);
  await said('▸ waits');
  child.kill('SIGINT');
  expect((await finished).code).toBe(130);
  const details = await linesOf(file);
  expect(details.find(({ event }) => event === 'run.stopping')?.['detail']).toEqual({
    cause: 'interrupted',
  });
  expect(details.find(({ event }) => event === 'stream.ended')).toMatchObject({
    workload: 'lines',
    detail: { from: 'lines', port: 'main', to: 'kept', records: 3, drops: 0 },
  });
  expect((await verify(file)).stdout).toContain('ends with run.finished');
});

test('the log says which code ran, under which protection, and what the playbook was', async () => {
  const file = path.join(await temporaryFolder(), 'audit.jsonl');
  const playbook = await playbookFile(`
  - { name: loops, ${once}, ${exec('true')}, loop: [1, 2, 3] }
  - name: steps
    ${once}
    security_context: { env: [USER], filesystem: { read: [/etc/hostname] } }
    process: { module: "stream:pipeline", params: { steps: [{ module: exec, params: { command: ["true"], stream: lines } }, { module: "data:collect" }] } }
`);
  const run = await runOrk(['run', playbook, '--audit-log', file], { env: { USER: 'someone' } });
  expect(run.code, run.stderr).toBe(0);
  const lines = await linesOf(file);
  expect(lines[0]?.['detail']).toEqual({
    playbook: 'test',
    sha256: createHash('sha256')
      .update(JSON.stringify([await readFile(playbook, 'utf8')]))
      .digest('hex'),
  });
  const of = (event: string, workload: string): Report[] =>
    lines.filter((line) => line['event'] === event && line['workload'] === workload);
  const { families } = JSON.parse(
    await readFile(path.join(checkout, 'build/modules/index.json'), 'utf8'),
  );
  const digestOf = (family: string): string =>
    families.find((entry: Report) => entry['family'] === family).sha256;
  const loaded = (module: string, family: string): object => ({
    detail: { module, family, version: '1.0.0', sha256: digestOf(family) },
  });
  expect(of('module.loaded', 'loops')).toMatchObject([loaded('exec', 'exec')]);
  expect(of('module.loaded', 'steps')).toMatchObject([
    loaded('exec', 'exec'),
    loaded('data:collect', 'data'),
  ]);
  expect(of('security.applied', 'loops')).toHaveLength(1);
  const [{ detail }] = of('security.applied', 'steps') as [Report];
  // An ordinary user has no control groups.
  expect(detail.not_enforced).toEqual(process.getuid?.() === 0 ? [] : ['memory limit']);
  expect(detail.enforced).toMatchObject({
    namespaces: expect.arrayContaining(['ipc', 'mnt', 'net', 'pid', 'uts']),
    seccomp_filters: 1,
    no_new_privs: true,
    capabilities: '0',
    dumpable: false,
  });
  expect(detail.enforced).toMatchObject({
    sandbox: 'default',
    environment: expect.arrayContaining(['PATH', 'USER']),
    workspace: path.dirname(playbook),
    read: ['/etc/hostname'],
    write: [],
    guest_memory_bytes: 536_870_912,
  });
});

test('a run inside the run has its own id and digest in the log, and the name of its caller', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'audit.jsonl');
  const head = 'name: child\nschemaVersion: v1.0.0\nworkloads:\n';
  await writeFile(
    path.join(folder, 'child.yaml'),
    `${head}  - { name: w, ${once}, ${exec('false')} }\n`,
  );
  const playbook = path.join(folder, 'playbook.yaml');
  await writeFile(
    playbook,
    `${head}  - { name: calls, ${once}, process: { module: "control:playbook", params: { path: child.yaml } } }\n`,
  );
  const run = await runOrk(['run', playbook, '--audit-log', file, '--output', 'json']);
  const { run_id } = JSON.parse(run.stdout);
  const lines = await linesOf(file);
  const inner = lines.filter((line) => line['run'] !== run_id);
  expect(inner.map(({ event, workload }) => `${event} ${workload}`)).toEqual([
    'run.started calls',
    'workload.scheduled calls/w',
    'workload.started calls/w',
    'security.applied calls/w',
    'module.loaded calls/w',
    'workload.finished calls/w',
    'run.finished calls',
  ]);
  expect(new Set(inner.map((line) => line['run'])).size).toBe(1);
  expect(inner[0]?.['detail']).toEqual({
    playbook: 'child',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    parent: run_id,
  });
  expect(inner[0]?.['detail'].sha256).not.toBe(lines[0]?.['detail'].sha256);
  expect(inner.at(-1)?.['detail']).toMatchObject({ status: 'Failed' });
});

test('a file that is there is not written to, and nothing is run', async () => {
  const file = path.join(await temporaryFolder(), 'audit.jsonl');
  await writeFile(file, 'mine\n');
  const playbook = await playbookFile(`  - { name: w, ${once}, ${exec('true')} }\n`);
  const run = await runOrk(['run', playbook, '--audit-log', file]);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('name another file');
  expect(await readFile(file, 'utf8')).toBe('mine\n');
});

test('when the log cannot be written any more, nothing new is started and the run fails', async () => {
  const file = path.join(await temporaryFolder(), 'audit.jsonl');
  const playbook = await playbookFile(`
  - { name: first, ${once}, ${exec('sleep', '20')} }
  - { name: second, ${once}, ${exec('true')}, depends_on: [first], ignore_errors: true }
  - { name: cleans, ${once}, ${exec('true')}, finally: true }
`);
  // The system lets no file grow beyond that: the second line of the log does not fit any more.
  const limited = ['sh', '-c', 'trap "" XFSZ; exec prlimit --fsize=600 "$@"', 'sh'];
  const run = await runOrk(['run', playbook, '--audit-log', file, '--output', 'json'], {
    through: limited,
  });
  expect(run.code).toBe(1);
  const { status, error, workloads } = JSON.parse(run.stdout);
  expect(status).toBe('Failed');
  expect(error).toMatchObject({ code: 'resource-exhausted', reason: 'audit.unwritable' });
  expect(workloads.first.status).toBe('Canceled');
  expect(workloads.second.status).toBe('Canceled');
  expect(workloads.cleans.status).toBe('Canceled');
  await expect(verify(file)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is cut off before its end'),
  });
});

test('when the log cannot be written any more, a run inside the run starts nothing either', async () => {
  const folder = await temporaryFolder();
  const head = 'name: nested\nschemaVersion: v1.0.0\nworkloads:\n';
  await writeFile(
    path.join(folder, 'child.yaml'),
    `${head}  - { name: slow, ${once}, ${exec('sleep', '20')} }
  - { name: cleans, ${once}, ${exec('touch', 'cleaned')}, finally: true }
`,
  );
  const playbook = path.join(folder, 'playbook.yaml');
  await writeFile(
    playbook,
    `${head}  - { name: calls, ${once}, process: { module: "control:playbook", params: { path: child.yaml } } }\n`,
  );
  // Room for the lines up to that the run inside has started.
  const limited = ['sh', '-c', 'trap "" XFSZ; exec prlimit --fsize=1500 "$@"', 'sh'];
  const run = await runOrk(
    ['run', playbook, '--audit-log', path.join(folder, 'audit.jsonl'), '--output', 'json'],
    { through: limited },
  );
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout).error).toMatchObject({ reason: 'audit.unwritable' });
  expect((await readdir(folder)).sort()).toEqual(['audit.jsonl', 'child.yaml', 'playbook.yaml']);
});

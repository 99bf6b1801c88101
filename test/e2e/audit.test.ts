import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { checkout, playbookFile, runOrk, startOrk, temporaryFolder } from '../support/ork.ts';
import type { Report } from '../support/run-workloads.ts';

const once = 'lifecycle: { policy: run_once }';
const exec = (...command: string[]): string =>
  `process: { module: exec, params: { command: ${JSON.stringify(command)} } }`;

/** The lines of a log, with what matters of each. */
async function eventsOf(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => {
    const { event, workload, detail }: Report = JSON.parse(line);
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
    'workload.retrying breaks exec.exit-code',
    'workload.finished breaks exec.exit-code',
    "workload.skipped after upstream 'breaks' failed",
    'workload.scheduled handles failure handler',
    'workload.started handles',
    'workload.finished handles Completed',
    'workload.scheduled cleans finally',
    'workload.started cleans',
    'workload.finished cleans Completed',
    'run.finished Failed',
  ]);
  const { stdout } = await verify(file);
  expect(stdout).toContain('verification successful: 13 lines');

  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('failure handler', 'dependencies satisfied'));
  await expect(verify(file)).rejects.toMatchObject({
    code: 1,
    stderr: `${file}:7: this line was changed: its hash does not fit\nverification failed\n`,
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
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  const details = lines.map((line): Report => JSON.parse(line));
  expect(details.find(({ event }) => event === 'run.stopping')?.['detail']).toEqual({
    cause: 'interrupted',
  });
  expect(details.find(({ event }) => event === 'stream.ended')).toMatchObject({
    workload: 'lines',
    detail: { from: 'lines', port: 'main', to: 'kept', records: 3, drops: 0 },
  });
  expect((await verify(file)).stdout).toContain('ends with run.finished');
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

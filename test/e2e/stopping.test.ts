import { readdir, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { playbookFile, type StartedOrk, startOrk } from '../support/ork.ts';
import { eventually, helpersOf, processesWith, workersOf } from '../support/processes.ts';

/** A sleep that can be found among all processes, and whose children are found with it. */
function marker(): string {
  return `31${Math.floor(Math.random() * 1e9)}`;
}

interface Sleeping {
  run: StartedOrk;
  sleep: string;
}

/** A run whose program sleeps, with another one in the background, until it is stopped. */
async function sleepingRun(shell: (sleep: string) => string): Promise<Sleeping> {
  const sleep = marker();
  const playbook = await playbookFile(`
  - { name: slow, lifecycle: { policy: run_once }, process: { module: exec, params: { shell: ${JSON.stringify(shell(sleep))} } } }
  - { name: after, lifecycle: { policy: run_once }, depends_on: [slow], process: { module: "control:identity", params: {} } }
`);
  const run = startOrk(['run', playbook, '--output', 'json']);
  await eventually(async () => (await processesWith(sleep)).length >= 2);
  return { run, sleep };
}

const twoSleeps = (sleep: string): string => `sleep ${sleep} & sleep ${sleep}`;

test('Ctrl-C cancels what runs and what waits, exits with 130, and leaves no process', async () => {
  const { run, sleep } = await sleepingRun(twoSleeps);
  run.child.kill('SIGINT');
  const { code, stdout } = await run.finished;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'Canceled',
    workloads: { slow: { status: 'Canceled' }, after: { status: 'Canceled' } },
  });
  expect(await processesWith(sleep)).toEqual([]);
});

test('a second Ctrl-C ends a program that ignores the first', async () => {
  const { run, sleep } = await sleepingRun(
    (time) => `trap '' TERM INT; sleep ${time}; sleep ${time}`,
  );
  run.child.kill('SIGINT');
  await run.said('stopping');
  run.child.kill('SIGINT');
  expect((await run.finished).code).toBe(130);
  expect(await processesWith(sleep)).toEqual([]);
});

test('a worker that is killed fails its workload, and the program that it had started is gone', async () => {
  const { run, sleep } = await sleepingRun(twoSleeps);
  for (const worker of await workersOf(run.pid)) process.kill(worker, 'SIGKILL');
  const { code, stdout } = await run.finished;
  expect(code).toBe(1);
  expect(JSON.parse(stdout).workloads).toMatchObject({
    slow: { status: 'Failed', error: { code: 'unavailable', reason: 'worker.killed' } },
    after: { status: 'Skipped' },
  });
  expect(await processesWith(sleep)).toEqual([]);
});

test.each([0, 1])(
  'a sandbox whose process %d is killed takes everything in it along',
  async (at) => {
    const { run, sleep } = await sleepingRun(twoSleeps);
    process.kill((await helpersOf(run.pid))[at] as number, 'SIGKILL');
    const { code, stdout } = await run.finished;
    expect(code).toBe(1);
    expect(JSON.parse(stdout).workloads.slow.error).toMatchObject({ code: 'unavailable' });
    expect(await processesWith(sleep)).toEqual([]);
  },
);

test('when ork itself is killed nothing survives it', async () => {
  const { run, sleep } = await sleepingRun(twoSleeps);
  const workers = await workersOf(run.pid);
  expect(workers).toHaveLength(1);
  run.child.kill('SIGKILL');
  await eventually(async () => (await processesWith(sleep)).length === 0);
  await eventually(async () =>
    (await processesWith('kernel/worker/start.')).every((pid) => !workers.includes(pid)),
  );
});

test('a worker that is killed right after it has started a program leaves no orphan', async () => {
  const sleep = marker();
  const playbook = await playbookFile(`
  - { name: slow, lifecycle: { policy: run_once }, process: { module: exec, params: { command: [sleep, "${sleep}"] } } }
`);
  const run = startOrk(['run', playbook]);
  let workers: number[] = [];
  await eventually(async () => {
    workers = await workersOf(run.pid);
    return (await processesWith(sleep)).length > 0;
  });
  for (const worker of workers) process.kill(worker, 'SIGKILL');
  expect((await run.finished).code).toBe(1);
  expect(await processesWith(sleep)).toEqual([]);
});

test('a program that has left the session of its worker ends with the run', async () => {
  const sleep = marker();
  const playbook = await playbookFile(`
  - { name: stray, lifecycle: { policy: run_once }, process: { module: exec, params: { shell: "setsid sleep ${sleep} >/dev/null 2>&1 &" } } }
`);
  expect(await startOrk(['run', playbook]).finished).toMatchObject({ code: 0 });
  expect(await processesWith(sleep)).toEqual([]);
});

test.each([0, 50, 100, 200, 300])(
  'a signal %d ms after the start leaves nothing behind',
  async (delay) => {
    const sleep = marker();
    const playbook = await playbookFile(`
  - { name: slow, lifecycle: { policy: run_once }, process: { module: exec, params: { command: [sleep, "${sleep}"] } } }
`);
    const run = startOrk(['run', playbook]);
    await new Promise((resolve) => setTimeout(resolve, delay));
    run.child.kill('SIGTERM');
    const { code, signal } = await run.finished;
    // Before the command has begun to listen, the signal ends the process as it ends any other.
    expect(signal === 'SIGTERM' || code === 130).toBe(true);
    expect(await processesWith(sleep)).toEqual([]);
  },
);

test('a worker that is killed while it writes leaves no temporary file', async () => {
  const playbook = await playbookFile(`
  - name: fill
    lifecycle: { policy: run_once }
    register: fill
    process: { module: exec, params: { shell: "head -c 900000 /dev/zero | tr '\\\\0' x" } }
  - name: write
    lifecycle: { policy: run_once }
    process: { module: "filesystem:write", params: { path: out.txt, content: "{{ .fill.summary.stdout }}" } }
`);
  const folder = path.dirname(playbook);
  await writeFile(path.join(folder, 'out.txt'), 'old');
  const appeared = temporaryFileIn(folder);
  const run = startOrk(['run', playbook]);
  await run.said('✓ fill');
  const workers = await workersOf(run.pid);
  const seen = await appeared;
  for (const worker of workers) process.kill(worker, 'SIGKILL');
  await run.finished;
  expect(seen).toMatch(/^\.out\.txt\..*\.tmp$/);
  expect((await readdir(folder)).sort()).toEqual(['out.txt', 'playbook.yaml']);
});

/** Waits for the first one, by asking the kernel: it lives for a few milliseconds. */
async function temporaryFileIn(folder: string): Promise<string> {
  for await (const { filename } of watch(folder)) {
    if (filename?.endsWith('.tmp')) return filename;
  }
  throw new Error('the watch has ended');
}

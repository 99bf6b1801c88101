import { describe, expect, test } from 'vitest';
import type { RunReport, WorkloadResult } from '../../kernel/engine/events.ts';
import type { WorkloadName } from '../../kernel/playbook/model.ts';
import { fixtureRuns, statuses } from '../support/fixture-run.ts';

const start = fixtureRuns();
const once = 'lifecycle: { policy: run_once }';

async function reportOf(workloads: string): Promise<RunReport> {
  return (await start(workloads)).report;
}

function resultOf(report: RunReport, name: string): WorkloadResult | undefined {
  return report.workloads.get(name as WorkloadName);
}

describe('retry', () => {
  const flaky = (succeedsAt: number, retry: string, code = 'unavailable') => `workloads:
  - { name: w, ${once}, process: { module: "probe:flaky", params: { succeeds_at: ${succeedsAt}, code: ${code} } }, retry: ${retry} }
`;

  test('tries again until an attempt succeeds, and tells of each failed one', async () => {
    const { report, events } = await start(flaky(3, '{ attempts: 5, delay: 1ms }'));
    expect(resultOf(await report, 'w')).toMatchObject({
      status: 'Completed',
      attempts: 3,
      summary: { attempt: 3 },
    });
    const retries = events.filter(({ event }) => event === 'workload.retrying');
    expect(retries).toMatchObject([
      { attempt: 1, attempts: 5, error: { message: 'attempt 1' } },
      { attempt: 2, attempts: 5, error: { message: 'attempt 2' } },
    ]);
  });

  test('gives up after the last attempt, with its error', async () => {
    const report = await reportOf(flaky(9, '{ attempts: 2, delay: 0s }'));
    expect(resultOf(report, 'w')).toMatchObject({
      status: 'Failed',
      attempts: 2,
      error: { message: 'attempt 2' },
    });
  });

  test('leaves alone what cannot pass by', async () => {
    const report = await reportOf(flaky(2, '{ attempts: 5, delay: 0s }', 'denied'));
    expect(resultOf(report, 'w')).toMatchObject({ status: 'Failed', attempts: 1 });
  });

  test('is not for a workload that has moved a record', async () => {
    const report = await reportOf(`workloads:
  - { name: p, ${once}, process: { module: "probe:half_done" }, retry: { attempts: 3, delay: 0s } }
  - { name: c, ${once}, process: { module: "probe:in_order" }, stream_inputs: [p] }
`);
    expect(resultOf(report, 'p')).toMatchObject({
      attempts: 1,
      error: { code: 'unavailable', reason: 'stream.not-replayable' },
    });
  });

  test('stops waiting when the run is stopped', async () => {
    const { run, report } = await start(flaky(9, '{ attempts: 5, delay: 1h, max_delay: 1h }'), {
      onEvent: (event) => {
        if (event.event === 'workload.retrying') run.interrupt();
      },
    });
    expect(statuses(await report)).toEqual({ w: 'Canceled' });
  });
});

describe('services', () => {
  test('let dependents start when they are ready, and are stopped when nothing else is left', async () => {
    const report = await reportOf(`max_parallel: 1
workloads:
  - { name: s, ${once}, process: { module: "probe:service" }, register: s }
  - { name: d, ${once}, process: { module: "probe:flaky", params: { succeeds_at: 0, code: denied } }, when: "{{ s.summary.url == 'probe://here' && _ork.workloads.s.status == 'Ready' }}" }
`);
    expect(statuses(report)).toEqual({ s: 'Completed', d: 'Completed' });
    expect(resultOf(report, 's')?.summary).toEqual({ url: 'probe://here' });
    expect(report.status).toBe('Completed');
  });

  test('that break fail the run', async () => {
    const report = await reportOf(`workloads:
  - { name: s, ${once}, process: { module: "probe:service", params: { breaks_after: 50 } } }
  - { name: d, ${once}, process: { module: "probe:service", params: { breaks_after: 300 } }, depends_on: [s], ignore_errors: true }
`);
    expect(resultOf(report, 's')).toMatchObject({
      status: 'Failed',
      error: { message: 'it broke' },
    });
    expect(report.status).toBe('Failed');
  });

  test('are stopped before what runs finally', async () => {
    const { report, events } = await start(`workloads:
  - { name: s, ${once}, process: { module: "probe:service" } }
  - { name: f, ${once}, finally: true, process: { module: "probe:flaky", params: { succeeds_at: 0, code: denied } } }
`);
    expect(statuses(await report)).toEqual({ s: 'Completed', f: 'Completed' });
    const ends = events.flatMap((event) =>
      event.event === 'workload.finished' ? [event.workload] : [],
    );
    expect(ends).toEqual(['s', 'f']);
  });

  test('have met their timeout once they are ready', async () => {
    const report = await reportOf(`workloads:
  - { name: s, ${once}, timeout: 2s, process: { module: "probe:service" } }
  - { name: d, ${once}, depends_on: [s], ignore_errors: true, process: { module: "probe:service", params: { breaks_after: 2500 } } }
`);
    expect(resultOf(report, 's')?.status).toBe('Completed');
  });
});

describe('streams', () => {
  test('that make workloads wait for each other fail them, naming the cycle', async () => {
    const report = await reportOf(`workloads:
  - { name: p, ${once}, process: { module: "probe:twin", params: { records: 50 } } }
  - { name: c, ${once}, process: { module: "probe:in_order" }, stream_inputs: [p, p.other], stream_policy: { buffer_size: 10 } }
`);
    expect(statuses(report)).toEqual({ p: 'Failed', c: 'Failed' });
    expect(resultOf(report, 'p')?.error).toMatchObject({
      code: 'failed-precondition',
      reason: 'stream.wait-cycle',
      message: 'these workloads wait for each other: p → c → p',
    });
  });

  test('with room enough do not', async () => {
    const report = await reportOf(`workloads:
  - { name: p, ${once}, process: { module: "probe:twin", params: { records: 50 } } }
  - { name: c, ${once}, process: { module: "probe:in_order" }, stream_inputs: [p, p.other] }
`);
    expect(resultOf(report, 'c')?.summary).toEqual({ records: 100 });
  });
});

describe('finally', () => {
  const final = `  - { name: f, ${once}, finally: true, process: { module: "probe:flaky", params: { succeeds_at: 0, code: denied } } }\n`;

  test('runs after an interrupted run', async () => {
    const { run, report } = await start(
      `workloads:\n  - { name: s, ${once}, process: { module: "probe:service" } }\n${final}`,
      { onEvent: (event) => event.event === 'workload.ready' && run.interrupt() },
    );
    expect(statuses(await report)).toEqual({ s: 'Canceled', f: 'Completed' });
  });

  test("runs after the playbook's timeout", async () => {
    const report = await reportOf(
      `timeout: 500ms\nworkloads:\n  - { name: s, ${once}, process: { module: "probe:service", params: { breaks_after: 60000 } } }\n  - { name: d, ${once}, process: { module: "probe:service", params: { breaks_after: 60000 } } }\n  - { name: l, ${once}, depends_on: [s], process: { module: "probe:in_order" } }\n${final}`,
    );
    expect(resultOf(report, 'f')?.status).toBe('Completed');
  });

  test('does not run when everything is ended at once', async () => {
    const { run, report } = await start(
      `workloads:\n  - { name: s, ${once}, process: { module: "probe:service" } }\n${final}`,
      { onEvent: (event) => event.event === 'workload.ready' && void run.kill() },
    );
    expect(statuses(await report)).toEqual({ s: 'Canceled', f: 'Canceled' });
  });
});

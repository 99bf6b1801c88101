import { describe, expect, test } from 'vitest';
import type { RunReport, WorkloadResult } from '../../kernel/engine/events.ts';
import type { RunOptions } from '../../kernel/engine/run.ts';
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
    const ended = await report;
    expect(resultOf(ended, 'w')).toMatchObject({ status: 'Canceled', attempts: 1 });
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
  - { name: d, ${once}, depends_on: [s], process: { module: "probe:flaky", params: { succeeds_at: 2, code: unavailable } }, retry: { attempts: 2, delay: 2500ms, jitter: false } }
`);
    expect(resultOf(report, 'd')).toMatchObject({ status: 'Completed', attempts: 2 });
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

describe('a consumer that never starts', () => {
  test('leaves its producer alone', async () => {
    const { report, events } = await start(`workloads:
  - { name: x, ${once}, process: { module: "probe:flaky", params: { succeeds_at: 2, code: denied } } }
  - { name: p, ${once}, process: { module: "probe:twin", params: { records: 50 } } }
  - { name: c, ${once}, process: { module: "probe:in_order" }, depends_on: [x], stream_inputs: [p], stream_policy: { buffer_size: 10 } }
`);
    expect(statuses(await report)).toEqual({ x: 'Failed', p: 'Completed', c: 'Skipped' });
    expect(events.filter(({ event }) => event === 'stream.stats')).toMatchObject([
      { from: 'p', to: 'c', stats: { written: 0 } },
    ]);
  });
});

describe('a reader that has seen enough', () => {
  test('lets its producer complete', async () => {
    const report = await reportOf(`workloads:
  - { name: p, ${once}, process: { module: "probe:twin", params: { records: 300 } } }
  - { name: c, ${once}, process: { module: "probe:taster" }, stream_inputs: [p], stream_policy: { buffer_size: 10 } }
`);
    expect(statuses(report)).toEqual({ p: 'Completed', c: 'Completed' });
    expect(resultOf(report, 'c')?.summary).toEqual({ tasted: true });
  });

  test('takes nothing from the others', async () => {
    const report = await reportOf(`workloads:
  - { name: p, ${once}, process: { module: "probe:twin", params: { records: 300 } } }
  - { name: c, ${once}, process: { module: "probe:taster" }, stream_inputs: [p], stream_policy: { buffer_size: 10 } }
  - { name: d, ${once}, process: { module: "probe:in_order" }, stream_inputs: [p], stream_policy: { buffer_size: 10 } }
`);
    expect(resultOf(report, 'd')?.summary).toEqual({ records: 300 });
  });
});

describe('loops', () => {
  const flaky = (params: string, more: string): string =>
    `  - { name: l, ${once}, process: { module: "probe:flaky", params: ${params} }, ${more} }\n`;

  test('know which item is the first and which the last', async () => {
    const params = `{ succeeds_at: 0, code: denied }`;
    const report = await reportOf(
      `workloads:\n${flaky(params, `loop: [a, b, c], when: "{{ _ork.loop.first || _ork.loop.last || _ork.loop.index > 2 }}"`)}`,
    );
    expect(resultOf(report, 'l')?.results?.map(({ status }) => status)).toEqual([
      'Completed',
      'Skipped',
      'Completed',
    ]);
  });

  test('try each item again by itself', async () => {
    const report = await reportOf(
      `workloads:\n${flaky(`{ succeeds_at: "{{ item }}", code: unavailable }`, 'loop: [1, 3, 2], retry: { attempts: 2, delay: 0s }, loop_control: { fail_fast: false }')}`,
    );
    const results = resultOf(report, 'l')?.results ?? [];
    expect(results.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual([
      'Completed 1',
      'Failed 2',
      'Completed 2',
    ]);
  });

  test('are not ready because one of their items is', async () => {
    const report = await reportOf(`workloads:
  - { name: l, ${once}, loop: [1], process: { module: "probe:service", params: { breaks_after: 200 } } }
  - { name: d, ${once}, when: "{{ _ork.workloads.l.status == 'Failed' }}", process: { module: "probe:flaky", params: { succeeds_at: 0, code: denied } } }
`);
    expect(statuses(report)).toEqual({ l: 'Failed', d: 'Completed' });
  });
});

describe('--only', () => {
  test('leaves out all else but what runs finally', async () => {
    const ok = `process: { module: "probe:flaky", params: { succeeds_at: 0, code: denied } }`;
    const { report } = await start(
      `workloads:
  - { name: a, ${once}, ${ok} }
  - { name: b, ${once}, ${ok}, depends_on: [a] }
  - { name: c, ${once}, ${ok}, depends_on: [b] }
  - { name: f, ${once}, ${ok}, finally: true }
`,
      { selected: new Set(['a', 'b'] as WorkloadName[]) },
    );
    const ended = await report;
    expect(statuses(ended)).toEqual({
      a: 'Completed',
      b: 'Completed',
      c: 'Skipped',
      f: 'Completed',
    });
    expect(resultOf(ended, 'c')?.reason).toBe('not selected');
  });
});

describe('--fail-fast', () => {
  const broken = `process: { module: "probe:flaky", params: { succeeds_at: 9, code: denied } }`;
  const serves = `process: { module: "probe:service" }`;

  test('stops the rest at the first failure, and still runs what runs finally', async () => {
    const { report, events } = await start(
      `workloads:
  - { name: s, ${once}, ${serves} }
  - { name: w, ${once}, ${broken}, depends_on: [s] }
  - { name: d, ${once}, ${broken}, depends_on: [s], when: "{{ _ork.workloads.w.status == 'Failed' }}" }
  - { name: f, ${once}, finally: true, process: { module: "probe:flaky", params: { succeeds_at: 0, code: denied } } }
`,
      { failFast: true },
    );
    const ended = await report;
    expect(statuses(ended)).toEqual({ s: 'Canceled', w: 'Failed', d: 'Canceled', f: 'Completed' });
    expect(ended.status).toBe('Failed');
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'run.stopping', cause: 'fail-fast' }),
    );
  });

  test('does not mind a failure that is ignored', async () => {
    const { report } = await start(
      `workloads:
  - { name: w, ${once}, ${broken}, ignore_errors: true }
  - { name: d, ${once}, depends_on: [w], process: { module: "probe:flaky", params: { succeeds_at: 0, code: denied } } }
`,
      { failFast: true },
    );
    expect(statuses(await report)).toEqual({ w: 'Failed', d: 'Completed' });
  });
});

describe('max_parallel', () => {
  const ok = `process: { module: "probe:flaky", params: { succeeds_at: 0, code: denied } }`;
  const four = ['a', 'b', 'c', 'd']
    .map((name) => `  - { name: ${name}, ${once}, ${ok} }\n`)
    .join('');

  /** The most that were between their start and their end at a time. */
  async function most(head: string, options: Partial<RunOptions>): Promise<number> {
    const { report, events } = await start(`${head}workloads:\n${four}`, options);
    await report;
    let running = 0;
    return Math.max(
      ...events.map(({ event }) => {
        if (event === 'workload.scheduled') running += 1;
        if (event === 'workload.finished') running -= 1;
        return running;
      }),
    );
  }

  test.each<[string, string, Partial<RunOptions>, number]>([
    ['the number of cores', '', { cores: 3 }, 3],
    ['two on a single core', '', { cores: 1 }, 2],
    ['what the playbook says', 'max_parallel: 1\n', { cores: 3 }, 1],
    ['what the command says', 'max_parallel: 1\n', { cores: 2, maxParallel: 4 }, 4],
  ])('is %s', async (_, head, options, expected) => {
    expect(await most(head, options)).toBe(expected);
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
    const { report, events } = await start(
      `timeout: 2s\nworkloads:\n  - { name: w, ${once}, process: { module: "probe:flaky", params: { succeeds_at: 2, code: unavailable } }, retry: { attempts: 2, delay: 1h, max_delay: 1h } }\n${final}`,
    );
    const ended = await report;
    expect(statuses(ended)).toEqual({ w: 'Canceled', f: 'Completed' });
    expect(ended).toMatchObject({ status: 'Failed', error: { reason: 'run.timeout' } });
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'run.stopping', cause: 'timeout' }),
    );
  });

  test('goes on when it runs already as the run is interrupted', async () => {
    const { run, report } = await start(
      `workloads:\n  - { name: f, ${once}, finally: true, process: { module: "probe:flaky", params: { succeeds_at: 2, code: unavailable } }, retry: { attempts: 2, delay: 1ms } }\n`,
      { onEvent: (event) => event.event === 'workload.retrying' && run.interrupt() },
    );
    const ended = await report;
    expect(statuses(ended)).toEqual({ f: 'Completed' });
    expect(ended.status).toBe('Canceled');
  });

  test('does not run when everything is ended at once', async () => {
    const { run, report } = await start(
      `workloads:\n  - { name: s, ${once}, process: { module: "probe:service" } }\n${final}`,
      { onEvent: (event) => event.event === 'workload.ready' && void run.kill() },
    );
    expect(statuses(await report)).toEqual({ s: 'Canceled', f: 'Canceled' });
  });
});

import { describe, expect, test } from 'vitest';
import type { CheckedPlaybook } from '../playbook/call.ts';
import type { WorkloadName } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { RunEvent, RunReport } from './events.ts';
import { NestedRuns, nestedOptions } from './nested-runs.ts';
import type { RunOptions } from './run-options.ts';

function reportOf(notEnforced: string[]): RunReport {
  return {
    runId: 'r',
    playbook: 'p',
    status: 'Completed',
    dryRun: false,
    startedAt: 0,
    durationMs: 0,
    outputs: {},
    workloads: new Map(),
    notEnforced,
    error: null,
  };
}

/** A run that ends when it is told to, and notes what it is asked for. */
function heldRun(notEnforced: string[] = []) {
  const asked: string[] = [];
  const { promise, resolve } = Promise.withResolvers<RunReport>();
  const report = reportOf(notEnforced);
  return {
    asked,
    end: () => resolve(report),
    run: {
      execute: () => promise,
      interrupt: () => void asked.push('interrupt'),
      failFor: ({ reason }: OrkError) => void asked.push(reason),
      kill: async () => void asked.push('kill'),
    },
  };
}

test('a run is interrupted when the signal fires, and no more once it has ended', async () => {
  const [stop, held] = [new AbortController(), heldRun()];
  const executing = new NestedRuns().run(held.run, stop.signal);
  stop.abort();
  held.end();
  await executing;
  expect(held.asked).toEqual(['interrupt']);

  const [late, ended] = [new AbortController(), heldRun()];
  ended.end();
  await new NestedRuns().run(ended.run, late.signal);
  late.abort();
  expect(ended.asked).toEqual([]);
});

test('a signal that has fired already interrupts the run as it begins', async () => {
  const held = heldRun();
  held.end();
  await new NestedRuns().run(held.run, AbortSignal.abort());
  expect(held.asked).toEqual(['interrupt']);
});

test('all that go on are killed, and none that has ended', async () => {
  const runs = new NestedRuns();
  const [first, second] = [heldRun(), heldRun()];
  const ended = runs.run(first.run, new AbortController().signal);
  void runs.run(second.run, new AbortController().signal);
  first.end();
  await ended;
  await runs.kill();
  expect([first.asked, second.asked]).toEqual([[], ['kill']]);
});

test('all that go on hear that nothing may start any more', async () => {
  const runs = new NestedRuns();
  const held = heldRun();
  void runs.run(held.run, new AbortController().signal);
  runs.failFor(new OrkError('resource-exhausted', 'full', { reason: 'audit.unwritable' }));
  expect(held.asked).toEqual(['audit.unwritable']);
});

describe('what a run inside a run tells', () => {
  const [c, d] = ['c', 'd'] as [WorkloadName, WorkloadName];
  const source = { digest: 'd1' };
  const stats = {
    written: 1,
    read: 1,
    dropped: 0,
    discarded: 0,
    queued: 0,
    highWater: 1,
    fillRatio: 0,
    backPressure: 0,
  };
  const toldAs = (event: RunEvent): RunEvent[] => {
    const told: RunEvent[] = [];
    const outer = { runId: 'outer', uuid: () => 'inner' } as RunOptions;
    const playbook = { vars: {}, inputs: {} };
    const called = {
      playbook,
      graph: {},
      calls: new Map(),
      ...source,
    } as unknown as CheckedPlaybook;
    const call = { called, inputs: {}, caller: 'b[2]', ceiling: {} as never };
    nestedOptions(outer, call, (passed) => told.push(passed)).onEvent(event);
    return told;
  };

  test('names its workloads below the caller, with the id of the run inside', () => {
    expect(toldAs({ event: 'workload.started', workload: c, time: 1 })).toEqual([
      { event: 'workload.started', workload: 'b[2]/c', time: 1, within: 'inner' },
    ]);
    const channel = { from: c, port: 'main', to: d, stats, time: 1 };
    expect(toldAs({ event: 'stream.fill', ...channel })).toEqual([
      { event: 'stream.fill', ...channel, from: 'b[2]/c', to: 'b[2]/d', within: 'inner' },
    ]);
  });

  test('keeps the id of a run that is further inside', () => {
    const event = { event: 'workload.started', workload: c, time: 1, within: 'innermost' } as const;
    expect(toldAs(event)).toMatchObject([{ within: 'innermost' }]);
  });

  test('tells of the caller that it begins and ends, and leaves results and reason to it', () => {
    const started = { event: 'run.started', runId: 'inner', playbook: 'p', time: 1 } as const;
    expect(toldAs({ ...started, source })).toEqual([
      {
        ...started,
        event: 'playbook.started',
        workload: 'b[2]',
        parent: 'outer',
        source,
        within: 'inner',
      },
    ]);
    const { workloads, outputs, ...report } = reportOf([]);
    expect(
      toldAs({ event: 'run.finished', report: { workloads, outputs, ...report }, time: 2 }),
    ).toEqual([{ event: 'playbook.finished', workload: 'b[2]', report, time: 2, within: 'inner' }]);
    expect(toldAs({ event: 'run.stopping', cause: 'interrupted', time: 1 })).toEqual([]);
  });
});

test('what was not in force in one of them is known afterwards', async () => {
  const runs = new NestedRuns();
  const { signal } = new AbortController();
  for (const held of [heldRun(['seccomp']), heldRun(['cgroups', 'seccomp'])]) {
    held.end();
    await runs.run(held.run, signal);
  }
  expect([...runs.notEnforced]).toEqual(['seccomp', 'cgroups']);
});

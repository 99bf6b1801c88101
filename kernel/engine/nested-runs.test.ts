import { expect, test } from 'vitest';
import type { RunReport } from './events.ts';
import { NestedRuns } from './nested-runs.ts';

/** A run that ends when it is told to, and notes what it is asked for. */
function heldRun(notEnforced: string[] = []) {
  const asked: string[] = [];
  const { promise, resolve } = Promise.withResolvers<RunReport>();
  const report: RunReport = {
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
  return {
    asked,
    end: () => resolve(report),
    run: {
      execute: () => promise,
      interrupt: () => void asked.push('interrupt'),
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

test('what was not in force in one of them is known afterwards', async () => {
  const runs = new NestedRuns();
  const { signal } = new AbortController();
  for (const held of [heldRun(['seccomp']), heldRun(['cgroups', 'seccomp'])]) {
    held.end();
    await runs.run(held.run, signal);
  }
  expect([...runs.notEnforced]).toEqual(['seccomp', 'cgroups']);
});

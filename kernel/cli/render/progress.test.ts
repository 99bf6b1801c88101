import { expect, test } from 'vitest';
import type { RunEvent, WorkloadResult } from '../../engine/events.ts';
import type { Playbook, WorkloadName } from '../../playbook/model.ts';
import type { Console } from './output.ts';
import { makeProgress } from './progress.ts';

const w = 'w' as WorkloadName;
const about = { workload: w, time: 0 };
const error = { code: 'io', reason: 'io.eio', message: 'it\nbroke' } as const;
const result: WorkloadResult = {
  status: 'Completed',
  summary: {},
  error: null,
  attempts: 1,
  startedAt: 0,
  durationMs: 1500,
};

/** What lines are printed where no tree can be drawn. */
async function linesOf(...events: RunEvent[]): Promise<string[]> {
  let text = '';
  const console: Console = {
    interactive: false,
    color: false,
    outColor: false,
    columns: () => 80,
    out: async () => {},
    err: (more) => {
      text += more;
    },
  };
  const playbook = { name: 'p', workloads: [{ name: w }] } as unknown as Playbook;
  const progress = await makeProgress(playbook, console, () => []);
  for (const event of events) progress.event(event);
  progress.stop();
  return text.split('\n').slice(0, -1);
}

test('each workload is told when it starts, is ready, and ends', async () => {
  expect(
    await linesOf(
      { event: 'workload.scheduled', reason: 'dependencies satisfied', ...about },
      { event: 'workload.started', ...about },
      { event: 'workload.ready', summary: {}, ...about },
      { event: 'workload.finished', result, ...about },
    ),
  ).toEqual(['▸ w', '● w is ready', '✓ w     completed     1.5 s']);
});

test('a failed attempt is told with the item of the loop, on one line', async () => {
  const retry = {
    event: 'workload.retrying',
    attempt: 1,
    attempts: 3,
    delayMs: 250,
    error,
  } as const;
  expect(await linesOf({ ...retry, ...about }, { ...retry, item: 2, ...about })).toEqual([
    '↻ w: attempt 1 of 3 failed: it\\nbroke; again in 250 ms',
    '↻ w[2]: attempt 1 of 3 failed: it\\nbroke; again in 250 ms',
  ]);
});

test('lines of modules are shown, those for debugging are not', async () => {
  const say = (level: 'debug' | 'info', message: string): RunEvent => ({
    event: 'workload.output',
    line: { level, message },
    ...about,
  });
  expect(await linesOf(say('debug', 'hidden'), say('info', 'shown'))).toEqual(['w: shown']);
});

test.each([
  ['interrupted', 'stopping: interrupted'],
  ['timeout', 'stopping: the run has reached its timeout'],
  ['fail-fast', 'stopping: the first failure ends the run'],
  ['audit', 'stopping: the audit log cannot be written'],
] as const)('a run that stops because of %s says so', async (cause, text) => {
  expect(await linesOf({ event: 'run.stopping', cause, time: 0 })).toEqual([text]);
});

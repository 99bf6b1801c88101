import { expect, test } from 'vitest';
import type { RunEvent, RunReport } from '../../kernel/engine/events.ts';
import type { WorkloadName } from '../../kernel/playbook/model.ts';
import type { Json, JsonObject } from '../../kernel/types/json.ts';
import { fixtureRuns } from '../support/fixture-run.ts';

const start = fixtureRuns();

interface Keeper {
  name: string;
  steps: Json;
  rest?: string;
}

/** One workload of the module that uses the state. */
function keeper({ name, steps, rest = '' }: Keeper): string {
  const process = `process: { module: keeper, params: ${JSON.stringify({ steps })} }`;
  return `  - { name: ${name}, lifecycle: { policy: run_once }, ${process}${rest && `, ${rest}`} }\n`;
}

async function run(head: string, keepers: Keeper[]) {
  const { report, events } = await start(`${head}\nworkloads:\n${keepers.map(keeper).join('')}`);
  const ended = await report;
  return { ended, events, outcomes: (name: string) => outcomesOf(ended, name) };
}

function outcomesOf(report: RunReport, name: string): Json | undefined {
  const result = report.workloads.get(name as WorkloadName);
  expect(result?.error ?? null).toBeNull();
  return result?.summary?.['outcomes'];
}

const VARS = 'vars: { region: eu, limits: { low: 1, high: 9 } }';

test('what one workload writes, those after it read where they are allowed to', async () => {
  const { outcomes } = await run(VARS, [
    {
      name: 'first',
      steps: [
        { set: ['counter', 'n'], value: 1 },
        { get: ['counter', 'n'] },
        { set: ['counter', 'list'], value: [{ deep: 'ü' }] },
      ],
    },
    {
      name: 'second',
      rest: 'depends_on: [first], state_policy: { read: [counter] }',
      steps: [{ get: ['counter'] }, { set: ['counter', 'n'], value: 2 }, { get: ['counter', 'n'] }],
    },
    {
      name: 'third',
      rest: 'depends_on: [second], state_policy: { read: [vars.region, counter.n] }',
      steps: [{ get: ['counter', 'n'] }, { get: ['counter', 'list'] }, { get: ['vars', 'region'] }],
    },
  ]);
  expect(outcomes('first')).toEqual(['written', { got: 1 }, 'written']);
  expect(outcomes('second')).toEqual([
    { got: { n: 1, list: [{ deep: 'ü' }] } },
    'written',
    { got: 2 },
  ]);
  expect(outcomes('third')).toEqual([
    { got: 2 },
    {
      code: 'denied',
      reason: 'state.not-granted',
      hint: "if it should, give 'third' `state_policy: { read: [vars.region, counter.n, counter.list] }`",
    },
    { got: 'eu' },
  ]);
});

test('a workload reads the results of others as templates show them', async () => {
  const { ended, outcomes } = await run('', [
    { name: 'first', steps: [] },
    {
      name: 'second',
      rest: 'depends_on: [first], state_policy: { read: [_ork] }',
      steps: [
        { get: ['_ork', 'workloads', 'first', 'status'] },
        { get: ['_ork', 'workloads', 'second', 'status'] },
        { get: ['_ork', 'playbook'] },
        { set: ['_ork', 'workloads', 'first', 'status'], value: 'Failed' },
      ],
    },
  ]);
  expect(outcomes('second')).toEqual([
    { got: 'Completed' },
    { got: 'Pending' },
    { got: { name: 'fixture', run_id: ended.runId } },
    {
      code: 'denied',
      reason: 'state.kernel-owned',
      hint: 'write to a branch other than _ork',
    },
  ]);
});

test('templates see the vars as the playbook gives them, not what modules write over them', async () => {
  const { ended, outcomes } = await run(`${VARS}\noutputs: { region: "{{ .region }}" }`, [
    {
      name: 'w',
      rest: 'state_policy: { read: [vars] }',
      steps: [{ set: ['vars', 'region'], value: 'us' }, { get: ['vars'] }],
    },
  ]);
  expect(outcomes('w')).toEqual([
    'written',
    { got: { region: 'us', limits: { low: 1, high: 9 } } },
  ]);
  expect(ended.outputs).toEqual({ region: 'eu' });
});

test('runs of one playbook at the same time see nothing of each other', async () => {
  const one = (value: number) =>
    run(VARS, [
      {
        name: 'w',
        rest: 'state_policy: { read: [vars.limits, mark] }',
        steps: [
          { get: ['mark'] },
          { set: ['mark'], value },
          { set: ['vars', 'limits', 'low'], value },
          { get: ['vars', 'limits'] },
          { get: ['mark'] },
        ],
      },
    ]);
  const runs = await Promise.all([one(1), one(2)]);
  for (const [index, { outcomes }] of runs.entries()) {
    const value = index + 1;
    expect(outcomes('w')).toEqual([
      { got: 'nothing' },
      'written',
      'written',
      { got: { low: value, high: 9 } },
      { got: value },
    ]);
  }
});

test('a read-only workload writes nothing, and a value that is too large is refused', async () => {
  const { outcomes } = await run('state_policy: { access: read_only }', [
    { name: 'reader', steps: [{ set: ['a'], value: 1 }] },
    {
      name: 'writer',
      rest: 'state_policy: { access: copy_on_write }',
      steps: [
        { set: ['__proto__', 'a'], value: 1 },
        { set: ['a', 'b'], value: 'kept' },
      ],
    },
  ]);
  expect(outcomes('reader')).toMatchObject([{ code: 'denied', reason: 'state.read-only' }]);
  expect(outcomes('writer')).toMatchObject([{ reason: 'state.bad-path' }, 'written']);
});

test('the run tells each use once by its rule, and each branch when it is first copied', async () => {
  const { events } = await run(VARS, [
    {
      name: 'w',
      rest: 'state_policy: { read: [vars] }',
      steps: [
        { get: ['vars', 'region'] },
        { get: ['vars', 'limits'] },
        { set: ['vars', 'limits', 'low'], value: 2 },
        { set: ['vars', 'limits', 'high'], value: 3 },
        { get: ['elsewhere'] },
        { get: ['elsewhere'] },
      ],
    },
  ]);
  expect(events.filter(isAboutState).map(withoutTime)).toEqual([
    access('get', ['vars', 'region'], { granted: 'vars' }),
    access('set', ['vars', 'limits', 'low'], { granted: 'copy_on_write' }),
    { event: 'state.branch-copied', workload: 'w', path: ['vars'] },
    { event: 'state.branch-copied', workload: 'w', path: ['vars', 'limits'] },
    access('get', ['elsewhere'], { denied: 'state.not-granted' }),
  ]);
});

function isAboutState({ event }: RunEvent): boolean {
  return event.startsWith('state.');
}

function withoutTime({ time: _, ...event }: RunEvent): object {
  return event;
}

function access(operation: string, path: string[], decision: JsonObject): object {
  return { event: 'state.access', workload: 'w', operation, path, decision };
}

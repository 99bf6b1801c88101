import { describe, expect, test } from 'vitest';
import type { Playbook, WorkloadName } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { Json } from '../types/json.ts';
import type { WorkloadResult } from './events.ts';
import { type RunOutcome, reportRun, stateOf } from './run-results.ts';
import type { RunScope } from './run-scope.ts';

const result = (fields: Partial<WorkloadResult> = {}): WorkloadResult => ({
  status: 'Completed',
  summary: {},
  error: null,
  attempts: 1,
  startedAt: 1,
  durationMs: 1,
  ...fields,
});
const failure = new OrkError('timeout', 'too long', { reason: 'run.timeout' }).toDetails();

/** The report of a run of `a` and `b`, of which there are these results. */
function report(
  results: Record<string, WorkloadResult>,
  fields: Partial<RunOutcome> = {},
  render: (value: Json) => Promise<Json> = async () => ({ rendered: true }),
) {
  const workloads = ['a', 'b'].map((name) => ({ name }));
  const outcome: RunOutcome = {
    playbook: { name: 'p', workloads, outputs: {} } as unknown as Playbook,
    runId: 'r',
    dryRun: false,
    startedAt: 10,
    endedAt: 25,
    results: new Map(Object.entries(results)) as Map<WorkloadName, WorkloadResult>,
    notEnforced: [],
    interrupted: false,
    error: null,
    ...fields,
  };
  return reportRun(outcome, { renderer: () => ({ render }) } as unknown as RunScope);
}

const completed = { a: result(), b: result() };
const failed = { ...completed, b: result({ status: 'Failed', error: failure }) };

describe('a run', () => {
  test('that has completed has its outputs', async () => {
    expect(await report(completed)).toMatchObject({
      status: 'Completed',
      durationMs: 15,
      outputs: { rendered: true },
      error: null,
    });
  });

  test('has failed when a workload has, and has no outputs', async () => {
    const { status, outputs, error } = await report(failed);
    expect({ status, outputs, error }).toEqual({ status: 'Failed', outputs: {}, error: null });
  });

  test('has completed when the failure is ignored', async () => {
    const ignored = { ...failed, b: { ...failed.b, ignored: true as const } };
    expect(await report(ignored)).toMatchObject({ status: 'Completed' });
  });

  test('has failed by what ended it as a whole', async () => {
    const { status, outputs, error } = await report(completed, { error: failure });
    expect({ status, outputs, error }).toEqual({ status: 'Failed', outputs: {}, error: failure });
  });

  test('that was interrupted is canceled, whatever else has failed', async () => {
    const fields = { interrupted: true, error: failure };
    const { status, outputs } = await report(failed, fields);
    expect({ status, outputs }).toEqual({ status: 'Canceled', outputs: {} });
  });

  test('fails by an output that cannot be rendered', async () => {
    const broken = async (): Promise<Json> => {
      throw new OrkError('invalid-argument', 'no such name');
    };
    const { status, outputs, error } = await report(completed, {}, broken);
    expect({ status, outputs }).toEqual({ status: 'Failed', outputs: {} });
    expect(error).toMatchObject({ code: 'invalid-argument', message: 'no such name' });
  });

  test('names every workload in the order of the playbook, also one without a result', async () => {
    const { workloads } = await report({ b: result() });
    expect([...workloads].map(([name, { status }]) => `${name} ${status}`)).toEqual([
      'a Canceled',
      'b Completed',
    ]);
  });
});

test('a dry run has outputs only when it knows all results', async () => {
  const unknown = { ...completed, b: result({ status: 'Skipped', wouldRun: true }) };
  const known = await report(completed, { dryRun: true });
  expect(known.outputs).toEqual({ rendered: true });
  const { status, outputs } = await report(unknown, { dryRun: true });
  expect({ status, outputs }).toEqual({ status: 'Completed', outputs: {} });
});

test('the state that a result leaves says what dependents need to know of it', () => {
  expect(stateOf(result(), 'when')).toEqual({ status: 'Completed' });
  expect(stateOf(result({ status: 'Failed' }), 'when')).toEqual({
    status: 'Failed',
    ignored: false,
  });
  expect(stateOf(result({ status: 'Failed', ignored: true }), 'when')).toEqual({
    status: 'Failed',
    ignored: true,
  });
  expect(stateOf(result({ status: 'Skipped' }), 'upstream')).toEqual({
    status: 'Skipped',
    by: 'upstream',
  });
});

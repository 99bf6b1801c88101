import { expect, test } from 'vitest';
import type { Workload, WorkloadName } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import type { RunReport, WorkloadResult } from './events.ts';
import type { PlaybookCall } from './nested-runs.ts';
import { callPlaybook } from './playbook-call.ts';

const ceiling = {} as PlaybookCall['ceiling'];
const { signal } = new AbortController();
const broken = new OrkError('io', 'it broke', { reason: 'io.eio', hint: 'mend it' }).toDetails();
const result: WorkloadResult = {
  status: 'Completed',
  summary: {},
  error: null,
  attempts: 1,
  startedAt: 0,
  durationMs: 1,
};

function report(fields: Partial<RunReport>, workloads: Record<string, object> = {}): RunReport {
  const results = Object.entries(workloads).map(
    ([name, changes]) => [name as WorkloadName, { ...result, ...changes }] as const,
  );
  return {
    runId: 'inner',
    playbook: 'child',
    status: 'Failed',
    dryRun: false,
    startedAt: 0,
    durationMs: 1,
    outputs: { out: 1 },
    workloads: new Map(results),
    notEnforced: [],
    error: null,
    ...fields,
  };
}

/** Calls a playbook whose run ends so; with what it was called. */
async function call(ended: RunReport, params: JsonObject = {}, item?: number) {
  const asked: PlaybookCall[] = [];
  const outcome = await callPlaybook(
    {
      workload: { name: 'c' } as Workload,
      calls: new Map([['c' as WorkloadName, { file: 'x.yaml' } as PlaybookCall['called']]]),
      call: async (playbookCall) => {
        asked.push(playbookCall);
        return ended;
      },
      ...(item === undefined ? {} : { item }),
    },
    params,
    ceiling,
    signal,
  );
  return { outcome, asked };
}

test('the outputs of a playbook are the summary of who calls it', async () => {
  const { outcome, asked } = await call(report({ status: 'Completed' }), { inputs: { n: 1 } });
  expect(outcome).toEqual({ kind: 'completed', summary: { out: 1 } });
  expect(asked).toEqual([{ called: { file: 'x.yaml' }, inputs: { n: 1 }, caller: 'c', ceiling }]);
});

test('a call of a loop carries the number of its item, and one without inputs none', async () => {
  const { asked } = await call(report({ status: 'Completed' }), {}, 3);
  expect(asked).toMatchObject([{ inputs: {}, caller: 'c[3]' }]);
});

test('a dry run that does not know all its results does not know the summary', async () => {
  const unknown = { w: { status: 'Skipped', wouldRun: true } };
  const { outcome } = await call(report({ status: 'Completed', dryRun: true }, unknown));
  expect(outcome).toEqual({ kind: 'completed', summary: { would_run: true } });
});

test('the first failure that is not ignored is told, with its code and hint', async () => {
  const failed = { status: 'Failed', error: broken };
  const workloads = { fine: {}, ignored: { ...failed, ignored: true }, bad: failed, worse: failed };
  const { outcome } = await call(report({}, workloads));
  expect(outcome).toMatchObject({
    kind: 'failed',
    error: {
      code: 'io',
      reason: 'playbook.child-failed',
      message: "'bad' failed: it broke",
      hint: 'mend it',
    },
  });
});

test('what ended the run as a whole is told before any workload', async () => {
  const workloads = { bad: { status: 'Failed', error: broken } };
  const error = new OrkError('timeout', 'too long').toDetails();
  const { outcome } = await call(report({ error }, workloads));
  expect(outcome).toMatchObject({ error: { code: 'timeout', message: 'x.yaml: too long' } });
});

test('a failure that nothing explains is still one', async () => {
  const { outcome } = await call(report({}));
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'internal' } });
});

test('a playbook that was stopped is canceled', async () => {
  const { outcome } = await call(report({ status: 'Canceled' }));
  expect(outcome).toMatchObject({
    kind: 'failed',
    error: { code: 'canceled', message: 'x.yaml was stopped' },
  });
});

test('a playbook that was not loaded with its caller is not called', async () => {
  const nothing = {
    workload: { name: 'c' } as Workload,
    call: async () => report({ status: 'Completed' }),
  };
  await expect(callPlaybook(nothing, {}, ceiling, signal)).rejects.toMatchObject({
    code: 'internal',
  });
});

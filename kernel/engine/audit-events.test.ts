import { expect, test } from 'vitest';
import type { WorkloadName } from '../playbook/model.ts';
import { auditEventOf } from './audit-events.ts';
import type { RunEvent, RunReport, WorkloadResult } from './events.ts';

const time = 5;
const [workload, other] = ['build', 'test'] as [WorkloadName, WorkloadName];
const about = { workload, time };

const completed: WorkloadResult = {
  status: 'Completed',
  summary: { secret: 'never in the log' },
  error: null,
  attempts: 1,
  startedAt: 1,
  durationMs: 4,
};
const failure = { code: 'io', reason: 'io.enospc', message: 'never in the log' } as const;
const stats = {
  written: 10,
  read: 8,
  dropped: 1,
  discarded: 0,
  queued: 2,
  highWater: 4,
  fillRatio: 0.5,
  backPressure: 3,
};
const report: RunReport = {
  runId: 'r',
  playbook: 'demo',
  status: 'Failed',
  dryRun: false,
  startedAt: 1,
  durationMs: 9,
  outputs: { text: 'never in the log' },
  workloads: new Map([[workload, completed]]),
  notEnforced: ['seccomp'],
  error: failure,
};
const source = { digest: 'd1' };
const channel = { from: workload, port: 'main', to: other };

test.each<[RunEvent, object]>([
  [
    { event: 'run.started', runId: 'r', playbook: 'demo', source, time },
    { event: 'run.started', time, detail: { playbook: 'demo', sha256: 'd1' } },
  ],
  [
    { event: 'run.stopping', cause: 'interrupted', time },
    { event: 'run.stopping', time, detail: { cause: 'interrupted' } },
  ],
  [
    { event: 'run.finished', report, time },
    {
      event: 'run.finished',
      time,
      detail: {
        status: 'Failed',
        duration_ms: 9,
        code: 'io',
        reason: 'io.enospc',
        not_enforced: ['seccomp'],
      },
    },
  ],
  [
    { event: 'workload.scheduled', reason: 'finally', ...about },
    { event: 'workload.scheduled', ...about, detail: { reason: 'finally' } },
  ],
  [
    {
      event: 'playbook.started',
      runId: 'inner',
      parent: 'r',
      playbook: 'child',
      source,
      within: 'inner',
      ...about,
    },
    {
      event: 'run.started',
      ...about,
      run: 'inner',
      detail: { playbook: 'child', sha256: 'd1', parent: 'r' },
    },
  ],
  [
    { event: 'playbook.finished', report, within: 'inner', ...about },
    {
      event: 'run.finished',
      ...about,
      run: 'inner',
      detail: {
        status: 'Failed',
        duration_ms: 9,
        code: 'io',
        reason: 'io.enospc',
        not_enforced: ['seccomp'],
      },
    },
  ],
  [
    {
      event: 'security.applied',
      enforced: { environment: ['PATH'] },
      notEnforced: ['seccomp'],
      ...about,
    },
    {
      event: 'security.applied',
      ...about,
      detail: { enforced: { environment: ['PATH'] }, not_enforced: ['seccomp'] },
    },
  ],
  [
    {
      event: 'module.loaded',
      module: 'data:map',
      family: 'data',
      version: '1.0.0',
      sha256: 'd2',
      ...about,
    },
    {
      event: 'module.loaded',
      ...about,
      detail: { module: 'data:map', family: 'data', version: '1.0.0', sha256: 'd2' },
    },
  ],
  [
    { event: 'workload.started', ...about },
    { event: 'workload.started', ...about, detail: {} },
  ],
  [
    { event: 'workload.ready', summary: { url: 'never in the log' }, ...about },
    { event: 'workload.ready', ...about, detail: {} },
  ],
  [
    {
      event: 'workload.retrying',
      item: 3,
      attempt: 1,
      attempts: 2,
      delayMs: 50,
      error: failure,
      ...about,
    },
    {
      event: 'workload.retrying',
      ...about,
      detail: {
        item: 3,
        attempt: 1,
        attempts: 2,
        delay_ms: 50,
        code: 'io',
        reason: 'io.enospc',
      },
    },
  ],
  [
    { event: 'workload.finished', result: { ...completed, recordsOut: 7 }, ...about },
    {
      event: 'workload.finished',
      ...about,
      detail: { status: 'Completed', attempts: 1, duration_ms: 4, records_out: 7 },
    },
  ],
  [
    {
      event: 'workload.finished',
      result: {
        ...completed,
        status: 'Failed',
        error: failure,
        ignored: true,
        results: [completed, { ...completed, status: 'Failed' }, completed],
      },
      ...about,
    },
    {
      event: 'workload.finished',
      ...about,
      detail: {
        status: 'Failed',
        attempts: 1,
        duration_ms: 4,
        code: 'io',
        reason: 'io.enospc',
        ignored: true,
        items: { Completed: 2, Failed: 1 },
      },
    },
  ],
  [
    {
      event: 'workload.finished',
      result: { ...completed, status: 'Skipped', reason: "upstream 'x' failed" },
      ...about,
    },
    { event: 'workload.skipped', ...about, detail: { reason: "upstream 'x' failed" } },
  ],
  [
    { event: 'stream.pressure', state: 'engaged', stats, time, ...channel },
    {
      event: 'stream.backpressure-engaged',
      ...about,
      detail: { ...channel, ipc_channel_fill_ratio: 0.5, queued: 2 },
    },
  ],
  [
    { event: 'stream.pressure', state: 'released', stats, time, ...channel },
    {
      event: 'stream.backpressure-released',
      ...about,
      detail: { ...channel, ipc_channel_fill_ratio: 0.5, queued: 2 },
    },
  ],
  [
    { event: 'stream.fill', stats, time, ...channel },
    {
      event: 'stream.fill',
      ...about,
      detail: { ...channel, ipc_channel_fill_ratio: 0.5, queued: 2 },
    },
  ],
  [
    { event: 'stream.stats', stats, time, ...channel },
    {
      event: 'stream.ended',
      ...about,
      detail: {
        ...channel,
        ipc_channel_fill_ratio: 0.5,
        records: 10,
        drops: 1,
        discarded: 0,
        high_water: 4,
        back_pressure: 3,
      },
    },
  ],
  [
    {
      event: 'state.access',
      operation: 'get',
      path: ['vars', 'region'],
      decision: { denied: 'state.not-granted' },
      ...about,
    },
    {
      event: 'state.access',
      ...about,
      detail: { operation: 'get', path: 'vars.region', denied: 'state.not-granted' },
    },
  ],
  [
    { event: 'state.branch-copied', path: ['vars', 'limits'], ...about },
    { event: 'state.branch-copied', ...about, detail: { path: 'vars.limits' } },
  ],
  [
    { event: 'capability.denied', call: 'state.get', ...about },
    {
      event: 'capability.denied',
      ...about,
      detail: { call: 'state.get', reason: 'capability.not-granted' },
    },
  ],
])('%j', (event, expected) => {
  expect(auditEventOf(event)).toEqual(expected);
});

test.each<[string, RunEvent]>([
  ['output', { event: 'workload.output', line: { level: 'info', message: 'a line' }, ...about }],
  [
    'the items of a loop',
    { event: 'workload.item', item: 0, items: 2, status: 'Completed', ...about },
  ],
])('%s is not kept', (_, event) => {
  expect(auditEventOf(event)).toBeUndefined();
});

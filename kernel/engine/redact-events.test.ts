import { expect, test } from 'vitest';
import type { LogLine } from '../host/call-session.ts';
import { Redactor } from '../observability/redaction/redactor.ts';
import type { WorkloadName } from '../playbook/model.ts';
import type { RunEvent, RunReport, WorkloadResult } from './events.ts';
import { EventRedactor, redactReport } from './redact-events.ts';

const SECRET = 'hunter22';
const PEM = '-----BEGIN KEY-----\nMIIEvQ\n-----END KEY-----';
const a = 'a' as WorkloadName;
const b = 'b' as WorkloadName;

function setUp() {
  const redactor = new Redactor();
  redactor.add(SECRET);
  redactor.add(PEM);
  const told: RunEvent[] = [];
  const events = new EventRedactor(redactor, (event) => told.push(event));
  const say = (workload: WorkloadName, message: string, line: Partial<LogLine> = {}): void =>
    events.tell({
      event: 'workload.output',
      workload,
      time: 1,
      line: { level: 'info', message, ...line },
    });
  const lines = () =>
    told.map((event) =>
      event.event === 'workload.output' ? `${event.workload}: ${event.line.message}` : event.event,
    );
  return { redactor, events, told, say, lines };
}

const error = {
  code: 'other',
  reason: `x.${SECRET}`,
  message: `is ${SECRET}`,
  hint: `not ${SECRET}`,
  retryAfter: 5,
} as const;
const safeError = {
  code: 'other',
  reason: 'x.***',
  message: 'is ***',
  hint: 'not ***',
  retryAfter: 5,
};

const result: WorkloadResult = {
  status: 'Failed',
  summary: { text: SECRET, deep: [{ [SECRET]: 1 }] },
  error,
  attempts: 1,
  durationMs: 7,
  startedAt: 3,
  reason: `because ${SECRET}`,
  results: [{ status: 'Failed', summary: { SECRET }, error, attempts: 1, durationMs: 2 }],
};
const safeResult = {
  ...result,
  summary: { text: '***', deep: [{ '***': 1 }] },
  error: safeError,
  reason: 'because ***',
  results: [
    { status: 'Failed', summary: { SECRET: '***' }, error: safeError, attempts: 1, durationMs: 2 },
  ],
};

const report: RunReport = {
  runId: 'r',
  playbook: 'p',
  status: 'Failed',
  dryRun: false,
  startedAt: 1,
  durationMs: 2,
  outputs: { o: Buffer.from(SECRET).toString('base64') },
  workloads: new Map([[a, result]]),
  notEnforced: ['seccomp'],
  error,
};

test('every part of a result and of a report that can hold a secret is redacted', () => {
  const { redactor } = setUp();
  expect(redactReport(report, redactor)).toEqual({
    ...report,
    outputs: { o: '***' },
    workloads: new Map([[a, safeResult]]),
    error: safeError,
  });
});

test('every event that can hold a secret is redacted', () => {
  const { events, told, redactor } = setUp();
  events.tell({ event: 'workload.ready', workload: a, time: 1, summary: { SECRET } });
  events.tell({
    event: 'workload.retrying',
    workload: a,
    time: 1,
    attempt: 1,
    attempts: 2,
    delayMs: 3,
    error,
  });
  events.tell({ event: 'workload.finished', workload: a, time: 2, result });
  events.tell({
    event: 'security.applied',
    workload: a,
    time: 2,
    enforced: { read: [SECRET] },
    notEnforced: [],
  });
  events.tell({ event: 'playbook.finished', workload: a, time: 2, report });
  events.tell({ event: 'run.finished', time: 3, report });
  expect(told).toMatchObject([
    { event: 'workload.ready', summary: { SECRET: '***' } },
    { event: 'workload.retrying', attempt: 1, error: safeError },
    { event: 'workload.finished', result: safeResult },
    { event: 'security.applied', enforced: { read: ['***'] } },
    { event: 'playbook.finished', report: { error: safeError } },
    { event: 'run.finished', report: redactReport(report, redactor) },
  ]);
});

test('times and counts stay, whatever the secrets are', () => {
  const { redactor, events, told } = setUp();
  redactor.add('17000000000');
  const event: RunEvent = { event: 'workload.started', workload: a, time: 17_000_000_000 };
  events.tell(event);
  expect(told).toEqual([event]);
});

test('lines and their fields are redacted, with a secret that several lines hold', () => {
  const { say, told, lines } = setUp();
  say(a, `one ${SECRET}`, { fields: JSON.stringify({ SECRET }) });
  for (const line of PEM.split('\n')) say(a, `${line}`);
  say(a, 'two');
  expect(lines()).toEqual(['a: one ***', 'a: ***', 'a: ***', 'a: ***', 'a: two']);
  expect(told[0]).toMatchObject({ line: { level: 'info', fields: '{"SECRET":"***"}' } });
});

test('the lines of one workload do not hold back those of another', () => {
  const { say, lines } = setUp();
  say(a, '-----BEGIN KEY-----');
  say(b, 'hello');
  say(a, 'of what?');
  expect(lines()).toEqual(['b: hello', 'a: -----BEGIN KEY-----', 'a: of what?']);
});

test('what is held back comes before the end of its workload, and of the run', () => {
  const { events, say, lines } = setUp();
  say(a, '-----BEGIN KEY-----');
  say(b, '-----BEGIN KEY-----');
  events.tell({ event: 'workload.finished', workload: a, time: 2, result });
  expect(lines()).toEqual(['a: -----BEGIN KEY-----', 'workload.finished']);
  events.tell({ event: 'run.finished', time: 3, report });
  expect(lines().slice(2)).toEqual(['b: -----BEGIN KEY-----', 'run.finished']);
});

test('without secrets every event is passed on as it is', () => {
  const told: RunEvent[] = [];
  const events = new EventRedactor(new Redactor(), (event) => told.push(event));
  events.tell({ event: 'workload.finished', workload: a, time: 2, result });
  expect(told).toEqual([{ event: 'workload.finished', workload: a, time: 2, result }]);
});

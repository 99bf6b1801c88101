import { describe, expect, it } from 'vitest';
import { compiled, playbook } from '../../test/fixtures/playbooks/validating.ts';

async function lifecycle(text: string) {
  const source = 'lifecycle: { policy: supervise }, process: { module: data:map, params: {} }';
  const { workloads } = await compiled(playbook({ s: source, a: `lifecycle: { ${text} }` }));
  return workloads[1]?.lifecycle;
}

describe('supervise', () => {
  it('restarts always, after growing waits, and stops by SIGTERM', async () => {
    expect(await lifecycle('policy: supervise')).toEqual({
      policy: 'supervise',
      restartPolicy: 'always',
      backoff: { base: 1000, max: 60_000, factor: 2, jitter: true, resetAfter: 60_000 },
      stop: { signal: 'SIGTERM', grace: 10_000 },
    });
  });

  it('keeps what is written', async () => {
    const fields = [
      'restart_policy: on_failure',
      'backoff: { base: 2s, max: 5m, factor: 3, jitter: false, reset_after: 10m }',
      'burst: { restarts: 5, within: 1m }',
      'stop: { signal: SIGINT, grace: 1m }',
    ].join(', ');
    expect(await lifecycle(`policy: supervise, ${fields}`)).toEqual({
      policy: 'supervise',
      restartPolicy: 'on_failure',
      backoff: { base: 2000, max: 300_000, factor: 3, jitter: false, resetAfter: 600_000 },
      burst: { restarts: 5, within: 60_000 },
      stop: { signal: 'SIGINT', grace: 60_000 },
    });
  });

  it.each([
    ['base: 2m', { base: 120_000, max: 120_000 }],
    ['max: 500ms', { base: 500, max: 500 }],
  ])('fits the other bound of the backoff to %s', async (field, expected) => {
    const backoff = { factor: 2, jitter: true, resetAfter: 60_000, ...expected };
    expect(await lifecycle(`policy: supervise, backoff: { ${field} }`)).toMatchObject({ backoff });
  });

  const timing = {
    interval: 10_000,
    timeout: 1000,
    initialDelay: 0,
    successThreshold: 1,
    failureThreshold: 3,
  };

  it.each([
    ['exec: [pgrep, nginx]', { kind: 'exec', command: ['pgrep', 'nginx'] }],
    ['tcp: { port: 80 }', { kind: 'tcp', port: 80, host: '127.0.0.1' }],
    ['tcp: { port: 80, host: "::1" }', { kind: 'tcp', port: 80, host: '::1' }],
    ['http: { port: 80 }', { kind: 'http', port: 80, host: '127.0.0.1', path: '/' }],
    [
      'http: { port: 80, host: h, path: /healthz, status: 204 }',
      { kind: 'http', port: 80, host: 'h', path: '/healthz', status: 204 },
    ],
    ['log_line: "^ready"', { kind: 'log_line', pattern: '^ready' }],
  ])('probes by %s', async (probe, expected) => {
    expect(await lifecycle(`policy: supervise, readiness: { ${probe} }`)).toMatchObject({
      readiness: { ...expected, ...timing },
    });
  });

  it('probes when it is told to', async () => {
    const probe =
      'log_line: x, interval: 1s, timeout: 2s, initial_delay: 3s, success_threshold: 4, failure_threshold: 5';
    expect(await lifecycle(`policy: supervise, liveness: { ${probe} }`)).toMatchObject({
      liveness: {
        interval: 1000,
        timeout: 2000,
        initialDelay: 3000,
        successThreshold: 4,
        failureThreshold: 5,
      },
    });
  });
});

describe('event_driven', () => {
  it('shares a worker among up to 16 runs, and lets 1024 events wait', async () => {
    expect(await lifecycle('policy: event_driven, source: s')).toEqual({
      policy: 'event_driven',
      source: { workload: 's', port: 'main' },
      maxInstances: 16,
      queue: 1024,
      isolation: 'shared',
    });
  });

  it('keeps what is written', async () => {
    const fields = 'source: s.dead_letter, max_instances: 1, queue: 0, isolation: worker';
    expect(await lifecycle(`policy: event_driven, ${fields}`)).toEqual({
      policy: 'event_driven',
      source: { workload: 's', port: 'dead_letter' },
      maxInstances: 1,
      queue: 0,
      isolation: 'worker',
    });
  });
});

describe('scheduled', () => {
  it('is in UTC, skips when the run before goes on, and catches nothing up', async () => {
    expect(await lifecycle('policy: scheduled, cron: "0 3 * * *"')).toEqual({
      policy: 'scheduled',
      cron: '0 3 * * *',
      timezone: 'UTC',
      overlap: 'skip',
      catchUp: 'none',
    });
  });

  it('keeps what is written', async () => {
    const fields = 'cron: "0 0 3 * * *", timezone: Europe/Berlin, overlap: queue, catch_up: all';
    expect(await lifecycle(`policy: scheduled, ${fields}`)).toEqual({
      policy: 'scheduled',
      cron: '0 0 3 * * *',
      timezone: 'Europe/Berlin',
      overlap: 'queue',
      catchUp: 'all',
    });
  });
});

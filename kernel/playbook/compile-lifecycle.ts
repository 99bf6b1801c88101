import { splitStreamInput } from './check-streams.ts';
import type { Backoff, Lifecycle, Probe, ProbeKind } from './model.ts';
import { asWorkloadName } from './names.ts';
import type { LifecycleInput } from './schema.ts';

type SuperviseInput = Extract<LifecycleInput, { policy: 'supervise' }>;
type ProbeInput = NonNullable<SuperviseInput['readiness']>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A lifecycle with its defaults filled in; durations are milliseconds. */
export function compileLifecycle(input: LifecycleInput): Lifecycle {
  switch (input.policy) {
    case 'run_once':
      return { policy: 'run_once' };
    case 'supervise':
      return compileSupervise(input);
    case 'event_driven': {
      const { workload, port } = splitStreamInput(input.source);
      return {
        policy: 'event_driven',
        source: { workload: asWorkloadName(workload), port },
        maxInstances: input.max_instances ?? 16,
        queue: input.queue ?? 1024,
        isolation: input.isolation ?? 'shared',
      };
    }
    case 'scheduled':
      return {
        policy: 'scheduled',
        cron: input.cron,
        timezone: input.timezone ?? 'UTC',
        overlap: input.overlap ?? 'skip',
        catchUp: input.catch_up ?? 'none',
      };
  }
}

function compileSupervise(input: SuperviseInput): Lifecycle {
  return {
    policy: 'supervise',
    restartPolicy: input.restart_policy ?? 'always',
    backoff: compileBackoff(input.backoff ?? {}),
    ...(input.burst === undefined ? {} : { burst: input.burst }),
    stop: { signal: input.stop?.signal ?? 'SIGTERM', grace: input.stop?.grace ?? 10 * SECOND },
    ...(input.readiness === undefined ? {} : { readiness: compileProbe(input.readiness) }),
    ...(input.liveness === undefined ? {} : { liveness: compileProbe(input.liveness) }),
  };
}

function compileBackoff(input: NonNullable<SuperviseInput['backoff']>): Backoff {
  const base = input.base ?? Math.min(SECOND, input.max ?? SECOND);
  return {
    base,
    // A longer base that was written is meant.
    max: input.max ?? Math.max(MINUTE, base),
    factor: input.factor ?? 2,
    jitter: input.jitter ?? true,
    resetAfter: input.reset_after ?? MINUTE,
  };
}

function compileProbe(input: ProbeInput): Probe {
  return {
    ...probeKind(input),
    interval: input.interval ?? 10 * SECOND,
    timeout: input.timeout ?? SECOND,
    initialDelay: input.initial_delay ?? 0,
    successThreshold: input.success_threshold ?? 1,
    failureThreshold: input.failure_threshold ?? 3,
  };
}

/** The schema has seen to it that there is exactly one. */
function probeKind({ exec, http, tcp, log_line }: ProbeInput): ProbeKind {
  if (exec !== undefined) return { kind: 'exec', command: exec };
  if (tcp !== undefined) return { kind: 'tcp', port: tcp.port, host: tcp.host ?? '127.0.0.1' };
  if (http === undefined) return { kind: 'log_line', pattern: log_line ?? '' };
  const { port, host = '127.0.0.1', path = '/', status } = http;
  return { kind: 'http', port, host, path, ...(status === undefined ? {} : { status }) };
}

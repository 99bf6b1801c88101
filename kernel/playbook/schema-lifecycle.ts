import { constants } from 'node:os';
import * as z from 'zod';
import { about, count, delay, duration } from './schema-scalars.ts';

const POLICY = 'How the kernel manages the workload.';

const runOnce = z
  .strictObject({ policy: z.literal('run_once').register(...about(POLICY)) })
  .register(...about('Runs once, when everything that it depends on has ended.'));

const backoff = z
  .strictObject({
    base: duration.optional().register(...about('The first wait before a restart; 1s.')),
    max: duration.optional().register(...about('The longest wait; 1m.')),
    factor: z
      .number()
      .min(1)
      .max(100)
      .optional()
      .register(...about('What each wait is multiplied by; 2.')),
    jitter: z
      .boolean()
      .optional()
      .register(...about('Whether waits are spread at random; true.')),
    reset_after: duration
      .optional()
      .register(...about('After so long in good health waits start over; 1m.')),
  })
  .check((context) => {
    const { base, max } = context.value;
    if (base === undefined || max === undefined || base <= max) return;
    const message = 'must not be longer than `max`';
    context.issues.push({ code: 'custom', message, input: base, path: ['base'] });
  })
  .register(...about('How long to wait before restarts.'));

const burst = z
  .strictObject({
    restarts: count(10_000).register(...about('How many restarts are too many.')),
    within: duration.describe('In how long a time.'),
  })
  .register(...about('Beyond it the workload has failed; off when it is left out.'));

const SIGNAL_RULE = 'must be the name of a signal such as SIGTERM';

const stop = z
  .strictObject({
    signal: z
      .string()
      .refine((name) => Object.hasOwn(constants.signals, name), SIGNAL_RULE)
      .optional()
      .register(...about('SIGTERM when it is left out.')),
    grace: duration.optional().register(...about('Time to end before SIGKILL; 10s.')),
  })
  .register(...about('How it is asked to end.'));

const timing = {
  interval: duration.optional().register(...about('Between two probes; 10s.')),
  timeout: duration.optional().register(...about('For one probe; 1s.')),
  initial_delay: delay.optional().register(...about('Before the first probe; 0s.')),
  success_threshold: count(100)
    .optional()
    .register(...about('Successes in a row that count; 1.')),
  failure_threshold: count(100)
    .optional()
    .register(...about('Failures in a row that count; 3.')),
};

const port = z
  .int()
  .min(1)
  .max(65_535)
  .register(...about('The number of a TCP port.'));
const host = z
  .string()
  .optional()
  .register(...about('A name or an address; 127.0.0.1.'));

const probe = z
  .strictObject({
    exec: z
      .array(z.string())
      .min(1)
      .optional()
      .register(...about('A command that exits with 0.')),
    http: z
      .strictObject({
        port,
        path: z
          .string()
          .startsWith('/', 'must start with /')
          .optional()
          .register(...about('What is asked for; /.')),
        host,
        status: z
          .int()
          .min(100)
          .max(599)
          .optional()
          .register(...about('The one answer that counts.')),
      })
      .optional()
      .register(...about('A GET request that answers below 400, or with `status`.')),
    tcp: z
      .strictObject({ port, host })
      .optional()
      .register(...about('A port that takes connections.')),
    log_line: z
      .string()
      .min(1)
      .refine(isPattern, 'must be a regular expression')
      .optional()
      .register(...about('A regular expression that a line matches.')),
    ...timing,
  })
  .check((context) => {
    const kinds = ['exec', 'http', 'tcp', 'log_line'] as const;
    const given = kinds.filter((kind) => context.value[kind] !== undefined);
    if (given.length === 1) return;
    const message = 'must have exactly one of exec, http, tcp and log_line';
    context.issues.push({ code: 'custom', message, input: context.value });
  });

const supervise = z
  .strictObject({
    policy: z.literal('supervise').register(...about(POLICY)),
    restart_policy: z
      .enum(['always', 'on_failure', 'never'])
      .optional()
      .register(...about('When it is started again; always.')),
    backoff: backoff.optional(),
    burst: burst.optional(),
    stop: stop.optional(),
    readiness: probe.optional().register(...about('Dependents wait until it succeeds.')),
    liveness: probe.optional().register(...about('When it fails, the workload is restarted.')),
  })
  .register(...about('Kept running by the daemon.'));

const eventDriven = z
  .strictObject({
    policy: z.literal('event_driven').register(...about(POLICY)),
    source: z
      .string()
      .register(...about('The workload whose records are the events: NAME or NAME.port.')),
    max_instances: count(10_000)
      .optional()
      .register(...about('Runs at once; 16.')),
    queue: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .register(...about('Events that wait; 1024.')),
    isolation: z
      .enum(['shared', 'worker'])
      .optional()
      .register(...about('worker: a process of its own for each run; shared.')),
  })
  .register(...about('One run for each record of a stream, by the daemon.'));

const scheduled = z
  .strictObject({
    policy: z.literal('scheduled').register(...about(POLICY)),
    cron: z.string().meta({
      description: 'Five fields (minute, hour, day, month, weekday), or six with seconds first.',
      examples: ['*/5 * * * *'],
    }),
    timezone: z
      .string()
      .optional()
      .register(...about('An IANA name; UTC when it is left out.')),
    overlap: z
      .enum(['skip', 'queue', 'allow'])
      .optional()
      .register(...about('What to do while the run before goes on; skip.')),
    catch_up: z
      .enum(['none', 'one', 'all'])
      .optional()
      .register(...about('What to do about instants that passed while the daemon was away; none.')),
  })
  .register(...about('One run for each instant of a cron expression, by the daemon.'));

/** How the kernel keeps a workload: one shape for each policy. */
export const lifecycle = z.discriminatedUnion(
  'policy',
  [runOnce, supervise, eventDriven, scheduled],
  { error: 'must be run_once, supervise, event_driven or scheduled' },
);

/** The shapes of the policies, for the keys that each one knows. */
export const LIFECYCLE_SHAPES = {
  run_once: runOnce.shape,
  supervise: supervise.shape,
  event_driven: eventDriven.shape,
  scheduled: scheduled.shape,
};

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

import { describe, expect, it } from 'vitest';
import { errors, playbook, withParams } from '../../test/fixtures/playbooks/validating.ts';
import { LIFECYCLE_SHAPES } from './schema-lifecycle.ts';

describe('an old word is refused, and the new one named', () => {
  it.each([
    ['tasks', `${playbook({ a: '' })}tasks: []\n`, '`tasks` is now `workloads`'],
    ['type of a workload', playbook({ a: 'type: exec' }), '`type` is now `process.module`'],
    [
      'type of a process',
      playbook({ a: 'process: { type: exec, module: control:identity }' }),
      '`type` is now `module`',
    ],
    [
      '_ork.tasks',
      playbook({ a: '', b: "when: '{{ _ork.tasks.a.status == 1 }}'" }),
      '`_ork.tasks` is now `_ork.workloads`',
    ],
    [
      'generate:from_list',
      withParams('generate:from_list', '{}'),
      "the module 'generate:from_list' is now 'data:generate_from_list'",
    ],
    ['stream:join', withParams('stream:join', '{}'), "the module 'stream:join' is now 'data:join'"],
    [
      'control:assert',
      withParams('control:assert', '{}'),
      "the module 'control:assert' is now 'test:assert'",
    ],
  ])('%s', async (_, text, expected) => {
    expect(await errors(text)).toEqual([expected]);
  });
});

describe('a key one level too high is refused, and its place named', () => {
  it.each([
    ['module: exec', '`module` belongs under `process`'],
    ['params: {}', '`params` belongs under `process`'],
    ['policy: run_once', '`policy` belongs under `lifecycle`'],
    ['restart_policy: always', '`restart_policy` belongs under `lifecycle`'],
    ['cron: "* * * * *"', '`cron` belongs under `lifecycle`'],
    ['source: b', '`source` belongs under `lifecycle`'],
  ])('%s', async (key, expected) => {
    expect(await errors(playbook({ a: key }))).toEqual([expected]);
  });
});

/** A valid lifecycle of each policy. */
const LIFECYCLES: Record<string, string> = {
  run_once: 'policy: run_once',
  supervise: 'policy: supervise',
  event_driven: 'policy: event_driven, source: s',
  scheduled: 'policy: scheduled, cron: "0 3 * * *"',
};

/** A value of each field that belongs to one policy. */
const FIELDS: Record<string, string> = {
  restart_policy: 'never',
  backoff: '{ base: 2s }',
  burst: '{ restarts: 5, within: 1m }',
  stop: '{ signal: SIGINT }',
  readiness: '{ tcp: { port: 80 } }',
  liveness: '{ exec: [pgrep, nginx] }',
  source: 's',
  max_instances: '2',
  queue: '0',
  isolation: 'worker',
  cron: '"0 4 * * *"',
  timezone: 'Europe/Berlin',
  overlap: 'queue',
  catch_up: 'one',
};

const SOURCE =
  'lifecycle: { policy: supervise }, process: { module: data:generate_from_list, params: { items: [] } }';

/** Every field of a lifecycle with every policy: whether it belongs there. */
const COMBINATIONS = Object.keys(FIELDS).flatMap((field) =>
  Object.entries(LIFECYCLE_SHAPES).map(([policy, shape]) => ({
    field,
    policy,
    belongs: Object.hasOwn(shape, field),
  })),
);

function withLifecycle(lifecycle: string): string {
  return playbook({ s: SOURCE, w: `lifecycle: { ${lifecycle} }` });
}

describe('lifecycle fields', () => {
  it('are all in the table', () => {
    const known = Object.values(LIFECYCLE_SHAPES).flatMap((shape) => Object.keys(shape));
    expect(new Set([...Object.keys(FIELDS), 'policy'])).toEqual(new Set(known));
  });

  it.each(COMBINATIONS.filter(({ belongs }) => belongs))(
    'take $field with $policy',
    async ({ field, policy }) => {
      const { [field]: value = '' } = FIELDS;
      const others = (LIFECYCLES[policy] ?? '').replace(new RegExp(`, ${field}:.*`), '');
      expect(await errors(withLifecycle(`${others}, ${field}: ${value}`))).toEqual([]);
    },
  );

  it.each(COMBINATIONS.filter(({ belongs }) => !belongs))(
    'refuse $field with $policy',
    async ({ field, policy }) => {
      const text = withLifecycle(`${LIFECYCLES[policy]}, ${field}: ${FIELDS[field]}`);
      expect(await errors(text)).toEqual([
        expect.stringMatching(`^\`${field}\` belongs to the [a-z_]+ policy, not to ${policy}$`),
      ]);
    },
  );

  it('are found wherever they stand', async () => {
    const text = playbook({ a: 'lifecycle: { restart_policy: always, policy: run_once }' });
    expect(await errors(text)).toEqual([
      '`restart_policy` belongs to the supervise policy, not to run_once',
    ]);
  });

  it('that nobody knows are compared with those of the policy', async () => {
    expect(await errors(withLifecycle('policy: supervise, restart_polcy: never'))).toEqual([
      "unknown key 'restart_polcy' (did you mean 'restart_policy'?)",
    ]);
  });
});

describe('a supervised workload', () => {
  const supervised = (rest: string): string =>
    playbook({ a: `lifecycle: { policy: supervise }, ${rest}` });

  it.each([
    'when: true',
    'loop: [1]',
    'loop_control: { parallel: 2 }',
    'retry: { attempts: 2 }',
    'register: r',
    'ignore_errors: true',
    'on_crash: rerun',
  ])('has no %s', async (rest) => {
    expect(await errors(supervised(rest))).toEqual([
      `\`${rest.split(':')[0]}\` has no meaning on a supervised workload, which is kept running`,
    ]);
  });

  it.each(['timeout: 1h', 'stream_policy: { overflow: drop_old }', 'security_context: {}'])(
    'may have %s',
    async (rest) => {
      expect(await errors(supervised(rest))).toEqual([]);
    },
  );
});

describe('workloads of the other policies', () => {
  const fields = [
    'when: true',
    'loop: [1]',
    'retry: { attempts: 2 }',
    'register: r',
    'ignore_errors: true',
    'timeout: 1m',
    'on_crash: fail',
  ];
  const { run_once = '', event_driven = '', scheduled = '' } = LIFECYCLES;
  it.each([run_once, event_driven, scheduled])('take them all: %s', async (lifecycle) => {
    const text = playbook({ s: SOURCE, w: `lifecycle: { ${lifecycle} }, ${fields.join(', ')}` });
    expect(await errors(text)).toEqual([]);
  });
});

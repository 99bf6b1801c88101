import { describe, expect, it } from 'vitest';
import { errors, playbook } from '../../test/fixtures/playbooks/validating.ts';
import { knownKeys } from './schema.ts';

const DURATION = 'must be a duration such as 30s or 1h30m';

describe('a playbook has to have', () => {
  it('a version and workloads', async () => {
    expect(await errors('name: p\n')).toEqual([
      '`schemaVersion` is required (v1.0.0)',
      '`workloads` is required',
    ]);
  });

  it('at least one workload', async () => {
    expect(await errors('name: p\nschemaVersion: v1.0.0\nworkloads: []\n')).toEqual([
      '`workloads` must have at least one workload',
    ]);
  });

  it('workloads with a name, a lifecycle and a process', async () => {
    expect(await errors('name: p\nschemaVersion: v1.0.0\nworkloads: [{}]\n')).toEqual([
      '`name` is required',
      '`lifecycle` is required',
      '`process` is required',
    ]);
  });
});

describe('a field of a workload is refused:', () => {
  it.each([
    ['depend_on: [b]', "unknown key 'depend_on' (did you mean 'depends_on'?)"],
    ['depends_on: b', '`depends_on`: expected list, got string'],
    ['depends_on: [1]', '`depends_on[0]`: expected string, got number'],
    ['on_crash: maybe', '`on_crash` must be one of rerun, fail'],
    ['finally: always', '`finally`: expected boolean, got string'],
    ['ignore_errors: 1', '`ignore_errors`: expected boolean, got number'],
    ['timeout: 5', `\`timeout\` ${DURATION}`],
    ['timeout: 5xyz', `\`timeout\` ${DURATION}`],
    ['timeout: -5s', `\`timeout\` ${DURATION}`],
    ['timeout: 0s', '`timeout` must be longer than zero'],
    ['timeout: 9999999h', `\`timeout\` ${DURATION}`],
    ["timeout: '{{ t }}'", `\`timeout\` ${DURATION}`],
    ['retry: {}', '`attempts` is required'],
    ['retry: { attempts: 0 }', '`attempts` must be at least 1'],
    ['retry: { attempts: 3, delay: 5xyz }', `\`delay\` ${DURATION}`],
    ['retry: { attempts: 3, max_delay: 0s }', '`max_delay` must be longer than zero'],
    [
      'retry: { attempts: 3, delay: 1m, max_delay: 30s }',
      '`delay` must not be longer than `max_delay`',
    ],
    ['retry: { attempts: 3, factor: 0.5 }', '`factor` must be at least 1'],
    ['retry: { attempts: 3, on: [] }', '`on` must have at least 1 items'],
    ['retry: { attempts: 3, on: [time-out] }', /^`on\[0\]` must be one of invalid-argument, /],
    ['loop: [1], loop_control: { parallel: 0 }', '`parallel` must be at least 1'],
    ['loop: [1], loop_control: { paralel: 2 }', "unknown key 'paralel' (did you mean 'parallel'?)"],
    [
      'stream_policy: { overflow: drop }',
      '`overflow` must be one of block, drop_new, drop_old, fail',
    ],
    ['stream_policy: { buffer_bytes: 4MB }', '`buffer_bytes` must be a size such as 4MiB'],
    ['stream_policy: { buffer_bytes: 1.5 }', '`buffer_bytes` must be a size such as 4MiB'],
    ['stream_policy: { buffer_size: 0 }', '`buffer_size` must be at least 1'],
    ['state_policy: { access: write }', '`access` must be one of copy_on_write, read_only'],
    [
      'state_policy: { read: ["a b"] }',
      '`read[0]` must be a path such as vars.region or _ork.workloads.build',
    ],
    ['process: { module: "" }', '`module` must have at least 1 characters'],
    ['process: { module: control:identity, params: [] }', '`params`: expected map, got list'],
  ])('%s', async (rest, expected) => {
    const found = await errors(playbook({ a: rest, b: '' }));
    expect(found).toEqual([
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    ]);
  });
});

describe('a field of the head is refused:', () => {
  it.each([
    ['max_parallel: 0', '`max_parallel` must be at least 1'],
    ['timeout: 10', `\`timeout\` ${DURATION}`],
    ['concurrency: {}', '`key` is required'],
    ['concurrency: { key: k, policy: stop }', '`policy` must be one of queue, skip, replace'],
    ['inputs: { x: string }', '`x`: expected map, got string'],
    ['inputs: { x: { defualt: 1 } }', "unknown key 'defualt' (did you mean 'default'?)"],
    ['varz: {}', "unknown key 'varz' (did you mean 'vars'?)"],
  ])('%s', async (head, expected) => {
    expect(await errors(playbook({ a: '' }, `${head}\n`))).toEqual([expected]);
  });
});

describe('a field of a supervised lifecycle is refused:', () => {
  it.each([
    ['restart_policy: sometimes', '`restart_policy` must be one of always, on_failure, never'],
    ['backoff: { base: 2m, max: 1m }', '`base` must not be longer than `max`'],
    ['backoff: { reset_after: 0s }', '`reset_after` must be longer than zero'],
    ['burst: { restarts: 5 }', '`within` is required'],
    ['stop: { signal: SIGNAL }', '`signal` must be the name of a signal such as SIGTERM'],
    ['stop: { signal: TERM }', '`signal` must be the name of a signal such as SIGTERM'],
    ['readiness: {}', '`readiness` must have exactly one of exec, http, tcp and log_line'],
    [
      'liveness: { tcp: { port: 1 }, exec: [x] }',
      '`liveness` must have exactly one of exec, http, tcp and log_line',
    ],
    ['readiness: { log_line: "(" }', '`log_line` must be a regular expression'],
    ['readiness: { http: { port: 80, path: x } }', '`path` must start with /'],
    ['readiness: { tcp: { port: 70000 } }', '`port` must be at most 65535'],
    [
      'readiness: { tcp: { port: 1 }, failure_threshold: 0 }',
      '`failure_threshold` must be at least 1',
    ],
  ])('%s', async (field, expected) => {
    const text = playbook({ a: `lifecycle: { policy: supervise, ${field} }` });
    expect(await errors(text)).toEqual([expected]);
  });
});

describe('known keys', () => {
  it.each([
    [['vars'], []],
    [
      ['inputs', 'x'],
      ['type', 'default', 'description'],
    ],
    [
      ['workloads', 0, 'process'],
      ['module', 'params'],
    ],
    [
      ['workloads', 3, 'security_context', 'filesystem'],
      ['read', 'write'],
    ],
    [['workloads', 'x'], []],
    [['nothing', 'here'], []],
  ])('of %j are %j', (path, keys) => {
    expect(knownKeys(path)).toEqual(keys);
  });

  it('of a lifecycle are those of all policies', () => {
    expect(knownKeys(['workloads', 0, 'lifecycle'])).toEqual(
      expect.arrayContaining(['policy', 'restart_policy', 'source', 'cron']),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { compiled, playbook } from '../../test/fixtures/playbooks/validating.ts';
import type { Workload } from './model.ts';

/** The one workload of a playbook whose head says something too. */
async function merged(head: string, rest: string): Promise<Workload> {
  const { workloads } = await compiled(playbook({ a: rest }, head === '' ? '' : `${head}\n`));
  return workloads[0] as Workload;
}

describe('state_policy is merged field by field:', () => {
  it.each([
    ['', '', { access: 'copy_on_write' }],
    ['state_policy: { access: read_only }', '', { access: 'read_only' }],
    [
      'state_policy: { access: read_only, read: [vars.a] }',
      'state_policy: { access: copy_on_write }',
      { access: 'copy_on_write', read: ['vars.a'] },
    ],
    [
      'state_policy: { access: read_only, read: [vars.a] }',
      'state_policy: { read: [] }',
      { access: 'read_only', read: [] },
    ],
  ])('%s under %s', async (head, rest, expected) => {
    expect((await merged(head, rest)).statePolicy).toEqual(expected);
  });
});

describe('stream_policy is merged field by field:', () => {
  it.each([
    [
      'stream_policy: { buffer_size: 16, overflow: drop_old }',
      'stream_policy: { buffer_bytes: 1MiB }',
      { bufferSize: 16, bufferBytes: 1_048_576, overflow: 'drop_old' },
    ],
    [
      'stream_policy: { buffer_size: 16, buffer_bytes: 1KiB, overflow: fail }',
      'stream_policy: { buffer_size: 2, buffer_bytes: 100, overflow: drop_new }',
      { bufferSize: 2, bufferBytes: 100, overflow: 'drop_new' },
    ],
    [
      'stream_policy: {}',
      'stream_policy: {}',
      { bufferSize: 1024, bufferBytes: 4_194_304, overflow: 'block' },
    ],
  ])('%s under %s', async (head, rest, expected) => {
    expect((await merged(head, rest)).streamPolicy).toEqual(expected);
  });
});

describe('security_context is merged field by field:', () => {
  const head = [
    'security_context:',
    '  sandbox: required',
    '  seccomp_profile_path: default',
    '  resource_limits: { memory_bytes: 256MiB, pids_max: 64, cpu_quota_us: 50000, cpu_period_us: 100000 }',
    '  namespaces: { net: true, user: auto }',
    '  network: { connect: ["a:1"], listen: ["127.0.0.1:2"] }',
    '  filesystem: { read: [/r], write: [/w] }',
    '  env: [LANG, TERM]',
    '  run_as: auto',
  ].join('\n');

  it('what the workload leaves out is the playbook’s', async () => {
    expect((await merged(head, '')).securityContext).toEqual({
      sandbox: 'required',
      seccompProfilePath: 'default',
      resourceLimits: {
        memoryBytes: 268_435_456,
        pidsMax: 64,
        cpuQuotaUs: 50_000,
        cpuPeriodUs: 100_000,
      },
      namespaces: { net: true, user: 'auto' },
      network: { connect: ['a:1'], listen: ['127.0.0.1:2'] },
      filesystem: { read: ['/r'], write: ['/w'] },
      env: ['LANG', 'TERM'],
      runAs: 'auto',
    });
  });

  it.each([
    ['sandbox: none', { sandbox: 'none' }],
    ['seccomp_profile_path: unconfined', { seccompProfilePath: 'unconfined' }],
    [
      'resource_limits: { pids_max: 80, workspace_bytes: 1MiB }',
      {
        resourceLimits: {
          memoryBytes: 268_435_456,
          pidsMax: 80,
          cpuQuotaUs: 50_000,
          cpuPeriodUs: 100_000,
          workspaceBytes: 1_048_576,
        },
      },
    ],
    ['namespaces: { net: false }', { namespaces: { net: false, user: 'auto' } }],
    ['network: { connect: [] }', { network: { connect: [], listen: ['127.0.0.1:2'] } }],
    ['filesystem: { read: [/x] }', { filesystem: { read: ['/x'], write: ['/w'] } }],
    ['env: [PATH]', { env: ['PATH'] }],
    ['run_as: 1000', { runAs: 1000 }],
  ])('%s replaces that field alone', async (field, expected) => {
    const { securityContext: before } = await merged(head, '');
    const { securityContext } = await merged(head, `security_context: { ${field} }`);
    expect(securityContext).toEqual({ ...before, ...expected });
  });

  it('what nobody writes stays unsaid', async () => {
    expect((await merged('', 'security_context: {}')).securityContext).toEqual({
      sandbox: 'default',
      filesystem: { read: [], write: [] },
      env: [],
      network: { connect: [], listen: [] },
    });
  });
});

describe('retry has defaults', () => {
  const passing = [
    'timeout',
    'closed',
    'resource-exhausted',
    'unavailable',
    'io',
    'internal',
    'other',
  ];

  it('for every field but attempts', async () => {
    expect((await merged('', 'retry: { attempts: 3 }')).retry).toEqual({
      attempts: 3,
      delay: 1000,
      factor: 2,
      maxDelay: 30_000,
      jitter: true,
      on: passing,
    });
  });

  it('that what is written replaces', async () => {
    const retry =
      'retry: { attempts: 2, delay: 0s, factor: 1, max_delay: 5s, jitter: false, on: [io] }';
    expect((await merged('', retry)).retry).toEqual({
      attempts: 2,
      delay: 0,
      factor: 1,
      maxDelay: 5000,
      jitter: false,
      on: ['io'],
    });
  });

  it.each([
    ['delay: 1m', { delay: 60_000, maxDelay: 60_000 }],
    ['max_delay: 500ms', { delay: 500, maxDelay: 500 }],
  ])('that give way to %s', async (field, expected) => {
    expect((await merged('', `retry: { attempts: 2, ${field} }`)).retry).toMatchObject(expected);
  });
});

describe('a loop has defaults', () => {
  it('for all of loop_control', async () => {
    expect((await merged('', 'loop: [1]')).loop).toEqual({
      items: [1],
      parallel: 1,
      loopVar: 'item',
      failFast: true,
    });
  });

  it('that what is written replaces', async () => {
    const control = 'loop_control: { parallel: 4, loop_var: x, index_var: n, fail_fast: false }';
    expect((await merged('', `loop: '{{ [1] }}', ${control}`)).loop).toEqual({
      items: '{{ [1] }}',
      parallel: 4,
      loopVar: 'x',
      indexVar: 'n',
      failFast: false,
    });
  });
});

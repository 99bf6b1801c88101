import { describe, expect, it } from 'vitest';
import { errors, playbook } from '../../test/fixtures/playbooks/validating.ts';

function granting(context: string): string {
  return playbook({ a: `security_context: { ${context} }` }, 'vars: { v: x }\n');
}

const ENDPOINT = 'must be host:port, *.suffix:port, CIDR:port or unix:/path';
const NEVER = 'is never given to a workload';

describe('network.connect', () => {
  it.each([
    'api.example.com:443',
    'localhost:*',
    '*.example.com:443',
    '10.0.0.0/8:5432',
    '192.168.1.1:22',
    '[::1]:8080',
    '[fd00::]/8:443',
    'unix:/run/postgresql/.s.PGSQL.5432',
    '{{ v }}:443',
  ])('may have %s', async (endpoint) => {
    expect(await errors(granting(`network: { connect: ['${endpoint}'] }`))).toEqual([]);
  });

  it.each([
    ['example.com', ENDPOINT],
    ['example.com:0', ENDPOINT],
    ['example.com:65536', ENDPOINT],
    ['https://example.com:443', ENDPOINT],
    ['-x.example.com:443', ENDPOINT],
    ['*:443', ENDPOINT],
    ['*.*.com:443', ENDPOINT],
    ['10.0.0.256:443', ENDPOINT],
    ['10.0.0.0/33:443', ENDPOINT],
    ['[::1]/129:443', ENDPOINT],
    ['::1:443', ENDPOINT],
    ['example.com/8:443', ENDPOINT],
    ['unix:run/x.sock', ENDPOINT],
    ['unix:/var/run/docker.sock', NEVER],
    ['', ENDPOINT],
  ])('may not have %s', async (endpoint, expected) => {
    expect(await errors(granting(`network: { connect: ['${endpoint}'] }`))).toEqual([
      `\`connect[0]\` ${expected}`,
    ]);
  });
});

describe('network.listen', () => {
  it.each([
    '127.0.0.1:8080',
    '0.0.0.0:80',
    '[::]:443',
    'localhost:*',
    'unix:/run/x.sock',
    '{{ v }}',
  ])('may have %s', async (address) => {
    expect(await errors(granting(`network: { listen: ['${address}'] }`))).toEqual([]);
  });

  it.each(['8080', '*.example.com:80', '10.0.0.0/8:80', 'unix:x', 'unix:/run/docker.sock'])(
    'may not have %s',
    async (address) => {
      expect(await errors(granting(`network: { listen: ['${address}'] }`))).toEqual([
        '`listen[0]` must be an address of this host with a port, or unix:/path',
      ]);
    },
  );
});

describe('filesystem', () => {
  it.each(['/etc/hosts', '/srv/{{ v }}', 'data', '../shared', '/process', '/devices'])(
    'may have %s',
    async (path) => {
      const lists = `filesystem: { read: ['${path}'], write: ['${path}'] }`;
      expect(await errors(granting(lists))).toEqual([]);
    },
  );

  it.each([
    '/',
    '//',
    '/srv/..',
    '/proc',
    '/proc/1/mem',
    '/sys/fs/cgroup',
    '/dev/sda',
    '/tmp/../dev/kmsg',
    '/run/docker.sock',
    '/var/run/containerd/containerd.sock',
  ])('may not have %s', async (path) => {
    expect(await errors(granting(`filesystem: { read: ['${path}'] }`))).toEqual([
      `\`read[0]\` ${NEVER}`,
    ]);
    expect(await errors(granting(`filesystem: { write: ['${path}'] }`))).toEqual([
      `\`write[0]\` ${NEVER}`,
    ]);
  });
});

describe('env', () => {
  it.each(['PATH', 'LANG', '_x1'])('may have %s', async (name) => {
    expect(await errors(granting(`env: [${name}]`))).toEqual([]);
  });

  it.each(['ORK_STATE_KEY', 'COSIGN_PASSWORD', 'NODE_OPTIONS', 'LD_PRELOAD', 'PGPASSWORD'])(
    'never has %s',
    async (name) => {
      expect(await errors(granting(`env: [${name}]`))).toEqual([
        `\`env[0]\`: ${name} is never given to a workload`,
      ]);
    },
  );

  it.each(['A-B', '1A', '{{ v }}'])('has names, not %s', async (name) => {
    expect(await errors(granting(`env: ['${name}']`))).toEqual([
      '`env[0]` must be the name of an environment variable',
    ]);
  });
});

describe('the other fields', () => {
  it.each([
    'sandbox: required',
    'sandbox: none',
    'seccomp_profile_path: unconfined',
    'resource_limits: { memory_bytes: 512MiB, cpu_quota_us: 50000, cpu_period_us: 100000, pids_max: 64, workspace_bytes: 1GiB }',
    'namespaces: { pid: true, mount: true, ipc: true, uts: true, user: auto, net: false }',
    'run_as: auto',
    'run_as: 1000',
  ])('may be %s', async (field) => {
    expect(await errors(granting(field))).toEqual([]);
  });

  it.each([
    ['sandbox: off', '`sandbox` must be one of required, none'],
    ['sandbox: false', '`sandbox` must be one of required, none'],
    ['resource_limits: { memory_bytes: lots }', '`memory_bytes` must be a size such as 4MiB'],
    ['resource_limits: { pids_mx: 3 }', "unknown key 'pids_mx' (did you mean 'pids_max'?)"],
    ['resource_limits: { cpu_period_us: 10 }', '`cpu_period_us` must be at least 1000'],
    ['namespaces: { user: maybe }', '`user` must be true, false or auto'],
    ['namespaces: { net: host }', '`net`: expected boolean, got string'],
    ['run_as: -1', '`run_as` must be at least 0'],
    ['run_as: true', '`run_as` must be auto, a user name or a uid'],
    ['seccomp_profile_path: ""', '`seccomp_profile_path` must have at least 1 characters'],
  ])('may not be %s', async (field, expected) => {
    expect(await errors(granting(field))).toEqual([expected]);
  });
});

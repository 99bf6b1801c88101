import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excessOf, excessToText, settleBelow } from './containment.ts';
import type { SecurityContext } from './model.ts';

const NOTHING: SecurityContext = {
  sandbox: 'default',
  filesystem: { read: [], write: [] },
  env: [],
  network: { connect: [], listen: [] },
};

function excess(asked: Partial<SecurityContext>, ceiling: Partial<SecurityContext> = {}): string {
  return excessToText(excessOf({ ...NOTHING, ...asked }, { ...NOTHING, ...ceiling }, '/srv/place'));
}

const read = (...paths: string[]) => ({ filesystem: { read: paths, write: [] } });
const write = (...paths: string[]) => ({ filesystem: { read: [], write: paths } });
const connect = (...endpoints: string[]) => ({ network: { connect: endpoints, listen: [] } });

describe('a context is within', () => {
  test.each<[Partial<SecurityContext>, Partial<SecurityContext>]>([
    [read('/etc/hosts'), read('/etc')],
    [read('/srv/out/a'), write('/srv')],
    [write('/srv/out'), write('/srv/out/')],
    [write('../shared/x'), write('/srv/shared')],
    [write('out', '/srv/place/..more'), {}],
    [{ env: ['TZ', 'TOKEN'] }, { env: ['TOKEN'] }],
    [connect('10.1.0.0/16:80'), connect('10.0.0.0/8:*')],
    [connect('anywhere:80'), { namespaces: { net: false } }],
    [connect('anywhere:80'), { sandbox: 'none' }],
    [{ sandbox: 'none' }, { sandbox: 'none' }],
    [{ sandbox: 'required' }, {}],
    [{ seccompProfilePath: 'default' }, {}],
    [{ seccompProfilePath: 'my.json' }, { seccompProfilePath: 'unconfined' }],
    [{ seccompProfilePath: 'my.json' }, { seccompProfilePath: 'my.json' }],
    [{ namespaces: { net: false, pid: true } }, { namespaces: { net: false } }],
    [{ runAs: 'auto' }, { runAs: 'web' }],
    [{ runAs: 'web' }, { runAs: 'web' }],
    [{ resourceLimits: { memoryBytes: 512 * 1024 * 1024, pidsMax: 256 } }, {}],
    [{ resourceLimits: { workspaceBytes: 1e12 } }, {}],
    [{ resourceLimits: { cpuQuotaUs: 1000 } }, {}],
    [
      { resourceLimits: { cpuQuotaUs: 50_000, cpuPeriodUs: 100_000 } },
      { resourceLimits: { cpuQuotaUs: 500, cpuPeriodUs: 1000 } },
    ],
  ])('%o of %o', (asked, ceiling) => {
    expect(excess(asked, ceiling)).toBe('');
  });
});

describe('a context goes beyond', () => {
  test.each<[Partial<SecurityContext>, Partial<SecurityContext>, string]>([
    [read('/etc/shadow', '/etc/hosts'), read('/etc/hosts'), 'filesystem.read /etc/shadow'],
    [read('/etcetera'), read('/etc'), 'filesystem.read /etcetera'],
    [write('/srv'), read('/srv'), 'filesystem.write /srv'],
    [write('/srv/out/../..'), write('/srv/out'), 'filesystem.write /srv/out/../..'],
    [write('..'), {}, 'filesystem.write ..'],
    [{ env: ['TOKEN'] }, {}, 'env TOKEN'],
    [connect('db:5432'), connect('db:80'), 'network.connect db:5432'],
    [{ network: { connect: [], listen: ['127.0.0.1:80'] } }, {}, 'network.listen 127.0.0.1:80'],
    [{ sandbox: 'none' }, {}, 'sandbox none'],
    [{ seccompProfilePath: 'unconfined' }, {}, 'seccomp_profile_path unconfined'],
    [
      { seccompProfilePath: 'default' },
      { seccompProfilePath: 'my.json' },
      'seccomp_profile_path default',
    ],
    [{ namespaces: { net: false } }, { namespaces: { pid: false } }, 'namespaces.net false'],
    [{ runAs: 0 }, {}, 'run_as 0'],
    [{ runAs: 'root' }, { runAs: 'web' }, 'run_as root'],
    [{ resourceLimits: { pidsMax: 257 } }, {}, 'resource_limits.pids_max 257'],
    [
      { resourceLimits: { memoryBytes: 2048 } },
      { resourceLimits: { memoryBytes: 1024 } },
      'resource_limits.memory_bytes 2048',
    ],
    [
      { resourceLimits: { workspaceBytes: 2 } },
      { resourceLimits: { workspaceBytes: 1 } },
      'resource_limits.workspace_bytes 2',
    ],
    [
      { resourceLimits: { cpuQuotaUs: 60_000 } },
      { resourceLimits: { cpuQuotaUs: 50_000 } },
      'resource_limits.cpu_quota_us 60000',
    ],
    [
      { resourceLimits: { cpuPeriodUs: 1000 } },
      { resourceLimits: { cpuQuotaUs: 50_000 } },
      'resource_limits.cpu_period_us 1000',
    ],
    [{ env: ['A', 'B'], sandbox: 'none' }, {}, 'sandbox none, env A, env B'],
  ])('%o of %o', (asked, ceiling, expected) => {
    expect(excess(asked, ceiling)).toBe(expected);
  });
});

describe('below a ceiling', () => {
  const ceiling: SecurityContext = {
    ...NOTHING,
    sandbox: 'required',
    env: ['TOKEN'],
    seccompProfilePath: 'my.json',
    resourceLimits: { memoryBytes: 1024, pidsMax: 4 },
    runAs: 'web',
  };

  test('what a context leaves open is as strict as the ceiling', () => {
    expect(settleBelow({ ...NOTHING, resourceLimits: { pidsMax: 2 } }, ceiling)).toEqual({
      ...NOTHING,
      sandbox: 'required',
      seccompProfilePath: 'my.json',
      resourceLimits: { memoryBytes: 1024, pidsMax: 2 },
      runAs: 'web',
    });
  });

  test('a ceiling that allows more does not loosen it', () => {
    const wide: SecurityContext = {
      ...NOTHING,
      sandbox: 'none',
      seccompProfilePath: 'unconfined',
      namespaces: { net: false },
    };
    expect(settleBelow(NOTHING, wide)).toEqual(NOTHING);
  });
});

/** Few values, so that two contexts often have some of them in common. */
const contexts: fc.Arbitrary<SecurityContext> = fc.record(
  {
    sandbox: fc.constantFrom('default' as const, 'required' as const, 'none' as const),
    filesystem: fc.record({
      read: fc.subarray(['/', '/etc', '/etc/hosts', '../x', 'out']),
      write: fc.subarray(['/srv', '/srv/a', '..', 'out']),
    }),
    env: fc.subarray(['PATH', 'A', 'B']),
    network: fc.record({
      connect: fc.subarray(['a:1', 'a:*', '*.b:1', '10.0.0.0/8:1', '10.1.1.1:1', 'unix:/s']),
      listen: fc.subarray(['127.0.0.1:1', '127.0.0.1:*']),
    }),
    seccompProfilePath: fc.constantFrom('default', 'unconfined', 'p.json'),
    namespaces: fc.record({ net: fc.boolean(), pid: fc.boolean() }, { requiredKeys: [] }),
    resourceLimits: fc.record(
      {
        memoryBytes: fc.constantFrom(1024, 1e9),
        pidsMax: fc.constantFrom(1, 1000),
        cpuQuotaUs: fc.constantFrom(1000, 200_000),
        cpuPeriodUs: fc.constantFrom(1000, 100_000),
      },
      { requiredKeys: [] },
    ),
    runAs: fc.constantFrom('auto', 'web', 0),
  },
  { requiredKeys: ['sandbox', 'filesystem', 'env', 'network'] },
);

test('whatever is granted is within itself', () => {
  fc.assert(
    fc.property(contexts, (context) => {
      expect(excessOf(context, context, '/srv/place')).toEqual([]);
    }),
  );
});

test('what says nothing is within everything, once it has been settled', () => {
  fc.assert(
    fc.property(contexts, (ceiling) => {
      expect(excessOf(settleBelow(NOTHING, ceiling), ceiling, '/srv/place')).toEqual([]);
    }),
  );
});

/** Contexts that differ in one thing only: of three whole ones, one is hardly ever within another. */
const FACETS: (keyof SecurityContext)[][] = [
  ['filesystem'],
  ['env'],
  ['network', 'sandbox'],
  ['network', 'namespaces'],
  ['seccompProfilePath'],
  ['resourceLimits'],
  ['runAs'],
];

test.each(FACETS)(
  'what is within something that is within a third is within the third: %s %s',
  (...facet) => {
    const facets = contexts.map(
      (context): SecurityContext => ({
        ...NOTHING,
        ...Object.fromEntries(
          facet.flatMap((key) => (key in context ? [[key, context[key]]] : [])),
        ),
      }),
    );
    const within = (a: SecurityContext, b: SecurityContext): boolean =>
      excessOf(settleBelow(a, b), b, '/srv/place').length === 0;
    fc.assert(
      fc.property(facets, facets, facets, (inner, middle, outer) => {
        const settled = settleBelow(middle, outer);
        fc.pre(within(settled, outer) && within(inner, settled));
        expect(excessOf(settleBelow(inner, settled), outer, '/srv/place')).toEqual([]);
      }),
    );
  },
);

import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { SecurityContext } from '../playbook/model.ts';
import type { GroupPlaces } from './cgroups/places.ts';
import { missingProtections, refuseUnenforceable } from './demands.ts';
import type { SandboxHost } from './host.ts';
import { DEFAULT_SECURITY_CONTEXT } from './launch-plan.ts';

const ALL: GroupPlaces['parents'] = { memory: '/m', pids: '/p', cpu: '/c' };

function host(uid: number, parents: GroupPlaces['parents']): SandboxHost {
  return {
    accounts: { own: { uid, gid: uid }, passwd: '', uidMap: '', pid: 1 },
    places: { version: 1, parents },
  } as SandboxHost;
}

function refusal(
  fields: Partial<SecurityContext>,
  on: SandboxHost | undefined,
): string | undefined {
  try {
    refuseUnenforceable({ ...DEFAULT_SECURITY_CONTEXT, ...fields }, tmpdir(), on);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('on a host with all control groups', () => {
  test.each<Partial<SecurityContext>>([
    {},
    { sandbox: 'required' },
    { resourceLimits: { memoryBytes: 1, pidsMax: 5, cpuQuotaUs: 5 } },
    { namespaces: { user: true, net: false } },
  ])('%o is kept', (fields) => {
    expect(refusal(fields, host(0, ALL))).toBeUndefined();
  });
});

describe('what a playbook has written and the host cannot keep is refused:', () => {
  test.each<[Partial<SecurityContext>, string]>([
    [{ resourceLimits: { memoryBytes: 1 } }, 'a limit of memory'],
    [{ resourceLimits: { cpuQuotaUs: 1, cpuPeriodUs: 1000 } }, 'a limit of cpu'],
    [{ resourceLimits: { workspaceBytes: 1 } }, 'workspace_bytes'],
    [{ namespaces: { user: false } }, 'namespaces.user: false'],
  ])('%o for an ordinary user without control groups', (fields, demand) => {
    expect(refusal(fields, host(1000, {}))).toContain(`on this host: ${demand}`);
  });

  test('a limit of processes for root without control groups', () => {
    expect(refusal({ resourceLimits: { pidsMax: 5 } }, host(0, {}))).toContain('a limit of pids');
    expect(refusal({ resourceLimits: { pidsMax: 5 } }, host(1000, {}))).toBeUndefined();
  });

  test.each<[Partial<SecurityContext>, string]>([
    [{ seccompProfilePath: 'default' }, 'seccomp_profile_path'],
    [{ resourceLimits: { pidsMax: 5, memoryBytes: 1 } }, 'resource_limits'],
    [{ namespaces: { pid: true, user: 'auto', net: false } }, 'namespaces.pid, namespaces.user'],
    [{ runAs: 'nobody' }, 'run_as'],
  ])('%o without a sandbox', (fields, demand) => {
    expect(refusal(fields, undefined)).toContain(`without a sandbox: ${demand}`);
  });
});

test('a workspace on a file system of its own is as bounded as that is', () => {
  const limit = 2 ** 60;
  expect(refusal({ resourceLimits: { workspaceBytes: limit } }, host(0, ALL))).toBeUndefined();
});

test('the default limits that a host cannot enforce are told', () => {
  expect(missingProtections(DEFAULT_SECURITY_CONTEXT, host(0, ALL))).toEqual([]);
  expect(missingProtections(DEFAULT_SECURITY_CONTEXT, host(0, {}))).toEqual([
    'memory limit',
    'process limit',
  ]);
  expect(missingProtections(DEFAULT_SECURITY_CONTEXT, host(1000, {}))).toEqual(['memory limit']);
  expect(missingProtections(DEFAULT_SECURITY_CONTEXT, undefined)).toEqual(['sandbox']);
});

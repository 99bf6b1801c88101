import { expect, test } from 'vitest';
import type { SecurityContext } from '../playbook/model.ts';
import { unenforceable } from './demands.ts';
import { DEFAULT_SECURITY_CONTEXT } from './launch.ts';

function demanded(fields: Partial<SecurityContext>): string | undefined {
  return unenforceable({ ...DEFAULT_SECURITY_CONTEXT, ...fields })
    ?.message.split(': ')
    .slice(1)
    .join(': ');
}

test('the default asks for nothing that is not there', () => {
  expect(demanded({})).toBeUndefined();
});

test.each<[Partial<SecurityContext>, string]>([
  [{ sandbox: 'required' }, 'sandbox: required'],
  [{ seccompProfilePath: 'default' }, 'seccomp_profile_path'],
  [{ resourceLimits: { pidsMax: 5, memoryBytes: 1 } }, 'resource_limits'],
  [{ namespaces: { pid: true, user: 'auto', net: false } }, 'namespaces.pid, namespaces.user'],
  [{ runAs: 'nobody' }, 'run_as'],
])('%o cannot be kept', (fields, expected) => {
  expect(demanded(fields)).toBe(expected);
});

test.each<[Partial<SecurityContext>]>([
  [{ sandbox: 'none' }],
  [{ seccompProfilePath: 'unconfined' }],
  [{ namespaces: { net: false } }],
  [{ network: { connect: ['db:5432'], listen: [] } }],
])('%o asks for less, which is kept', (fields) => {
  expect(demanded(fields)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { DEFAULT_SECURITY_CONTEXT, planLaunch } from './launch.ts';

const host = { PATH: '/bin', HOME: '/root', SECRET: 's', ORK_STATE_KEY: 'k', NODE_OPTIONS: '-r x' };

test('a worker sees four variables unless more are granted', () => {
  expect(planLaunch(DEFAULT_SECURITY_CONTEXT, '/w', host).env).toEqual({
    PATH: '/bin',
    HOME: '/root',
  });
});

test('a granted variable is passed on', () => {
  const context = { ...DEFAULT_SECURITY_CONTEXT, env: ['SECRET'] };
  expect(planLaunch(context, '/w', host).env).toMatchObject({ SECRET: 's' });
});

test.each(['ORK_STATE_KEY', 'NODE_OPTIONS'])('%s is never passed on, granted or not', (name) => {
  const context = { ...DEFAULT_SECURITY_CONTEXT, env: [name] };
  expect(planLaunch(context, '/w', host).env).not.toHaveProperty(name);
});

test('what is not in force is told, unless the playbook wanted no sandbox', () => {
  expect(planLaunch(DEFAULT_SECURITY_CONTEXT, '/w', host).notEnforced).toContain('seccomp');
  const none = { ...DEFAULT_SECURITY_CONTEXT, sandbox: 'none' as const };
  expect(planLaunch(none, '/w', host).notEnforced).toEqual([]);
});

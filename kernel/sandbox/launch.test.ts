import { execFileSync } from 'node:child_process';
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

test('a function that is no valid WebAssembly does not run, though it is not checked when it is loaded', () => {
  const { args } = planLaunch(DEFAULT_SECURITY_CONTEXT, '/w', host);
  const flags = args.filter((arg) => arg.startsWith('--wasm'));
  // One function that promises an i32 and leaves an i64.
  const bytes = '0061736d010000000105016000017f0302010007050101660000' + '0a0601040042000b';
  const script = `
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('${bytes}', 'hex')));
    try { console.log('ran', exports.f()); } catch (error) { console.log(error.name); }`;
  const printed = execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' });
  expect(printed).toBe('CompileError\n');
});

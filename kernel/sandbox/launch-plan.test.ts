import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { CODE_FLAGS, DEFAULT_SECURITY_CONTEXT, planLaunch } from './launch-plan.ts';

const hostEnvironment = {
  PATH: '/bin',
  HOME: '/root',
  SECRET: 's',
  ORK_STATE_KEY: 'k',
  NODE_OPTIONS: '-r x',
};

function environmentWith(granted: string[]): Record<string, string> {
  const security = { ...DEFAULT_SECURITY_CONTEXT, env: granted };
  const request = {
    security,
    granted: [],
    kind: 'pure' as const,
    workspace: '/w',
    hostEnvironment,
  };
  return planLaunch(
    { ...request, protectedPaths: [], hiddenPaths: [], moduleFolders: [] },
    undefined,
  ).env;
}

test('a worker sees four variables unless more are granted', () => {
  expect(environmentWith([])).toEqual({ PATH: '/bin', HOME: '/root' });
});

test('a granted variable is passed on', () => {
  expect(environmentWith(['SECRET'])).toMatchObject({ SECRET: 's' });
});

test.each(['ORK_STATE_KEY', 'NODE_OPTIONS'])('%s is never passed on, granted or not', (name) => {
  expect(environmentWith([name])).not.toHaveProperty(name);
});

test('a function that is no valid WebAssembly does not run, though it is not checked when it is loaded', () => {
  // One function that promises an i32 and leaves an i64.
  const bytes = '0061736d010000000105016000017f0302010007050101660000' + '0a0601040042000b';
  const script = `
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('${bytes}', 'hex')));
    try { console.log('ran', exports.f()); } catch (error) { console.log(error.name); }`;
  const printed = execFileSync(process.execPath, [...CODE_FLAGS, '-e', script], {
    encoding: 'utf8',
  });
  expect(printed).toBe('CompileError\n');
});

import { expect, test } from 'vitest';
import { sandboxHint } from './sandbox-hint.ts';

test.each([
  ["touch: cannot touch '/srv/x': Read-only file system", 'filesystem: { write'],
  ['curl: (6) Could not resolve host: example.com', 'namespaces: { net: false }'],
  ['connect: Network is unreachable', 'namespaces: { net: false }'],
  ['sh: 1: Cannot fork', 'pids_max'],
  ['dd: error writing: No space left on device', 'memory_bytes'],
  ['MemoryError', 'memory_bytes'],
  ['sh: 1: terraform: not found', 'filesystem: { read'],
  ["ls: cannot access '/srv': No such file or directory", 'filesystem: { read'],
  ['unshare: unshare failed: Operation not permitted', 'seccomp_profile_path'],
  ['cat: /srv/key: Permission denied', 'filesystem: { read'],
])('%s names the grant', (stderr, grant) => {
  expect(sandboxHint(stderr)).toContain(grant);
});

test('what says nothing of a wall gets no hint', () => {
  expect(sandboxHint('syntax error near line 3')).toBeUndefined();
  expect(sandboxHint('')).toBeUndefined();
});

import { expect, test } from 'vitest';
import { isForbiddenPath } from './grants.ts';

test.each([
  '/',
  '/proc',
  '/proc/self',
  '/sys/fs',
  '/dev',
  '/dev/sda',
  '/dev/shm',
  '/dev/shm/',
  '/dev/shm/../sda',
  '/srv/../proc',
  '/run/docker.sock',
  '/run',
  '/var/run/',
  '/run/podman',
  '/srv/a\0b',
  '/run/user/1000',
  '/run/dbus',
])('%s is never given to a workload', (path) => {
  expect(isForbiddenPath(path)).toBe(true);
});

test.each(['/srv', 'data', '../shared', '/dev/shm/job', '/process', '/var/run/app.sock'])(
  '%s may be given to a workload',
  (path) => {
    expect(isForbiddenPath(path)).toBe(false);
  },
);

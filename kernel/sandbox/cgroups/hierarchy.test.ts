import { expect, test } from 'vitest';
import { readHierarchy } from './hierarchy.ts';

const FIRST = `
25 30 0:22 / /sys rw,nosuid shared:7 - sysfs sysfs rw
33 31 0:30 / /sys/fs/cgroup/memory rw,relatime shared:16 - cgroup cgroup rw,memory
34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:17 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/pids rw,relatime shared:18 - cgroup cgroup rw,pids
36 31 0:33 / /sys/fs/cgroup/unified rw,relatime shared:19 - cgroup2 cgroup2 rw
`;

test('version 1: each controller has a hierarchy of its own', () => {
  const groups = '8:pids:/\n4:memory:/services/ork\n1:cpu,cpuacct:/services\n0::/\n';
  expect(readHierarchy(FIRST, groups)).toEqual({
    version: 1,
    own: {
      memory: '/sys/fs/cgroup/memory/services/ork',
      pids: '/sys/fs/cgroup/pids',
      cpu: '/sys/fs/cgroup/cpu,cpuacct/services',
    },
    root: {
      memory: '/sys/fs/cgroup/memory',
      pids: '/sys/fs/cgroup/pids',
      cpu: '/sys/fs/cgroup/cpu,cpuacct',
    },
  });
});

test('version 2: one group for all controllers', () => {
  const mounts = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
  const own = '/sys/fs/cgroup/user.slice/user-1000.slice/a:b';
  expect(readHierarchy(mounts, '0::/user.slice/user-1000.slice/a:b\n')).toEqual({
    version: 2,
    own: { memory: own, pids: own, cpu: own },
    root: { memory: '/sys/fs/cgroup', pids: '/sys/fs/cgroup', cpu: '/sys/fs/cgroup' },
  });
});

test('in a container a mount that begins further down is not named twice', () => {
  const mounts = '35 24 0:30 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n';
  expect(readHierarchy(mounts, '0::/docker/abc/inner\n')?.own.pids).toBe('/sys/fs/cgroup/inner');
  expect(readHierarchy(mounts, '0::/docker/abc\n')?.own.pids).toBe('/sys/fs/cgroup');
});

test('without control groups there is no hierarchy', () => {
  expect(readHierarchy('25 30 0:22 / /sys rw - sysfs sysfs rw\n', '0::/\n')).toBeUndefined();
});

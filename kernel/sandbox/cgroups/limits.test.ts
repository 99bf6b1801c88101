import { expect, test } from 'vitest';
import { readOomKills, settingsOf } from './limits.ts';

const LIMITS = { memoryBytes: 1024, pidsMax: 5, cpu: { quotaUs: 50_000, periodUs: 100_000 } };

test('version 1 limits memory before memory with swap, and the period before the quota', () => {
  expect(settingsOf(1, LIMITS).map(({ file, value }) => `${file}=${value}`)).toEqual([
    'memory.limit_in_bytes=1024',
    'memory.memsw.limit_in_bytes=1024',
    'memory.swappiness=0',
    'pids.max=5',
    'cpu.cfs_period_us=100000',
    'cpu.cfs_quota_us=50000',
  ]);
});

test('version 2 allows no swap', () => {
  expect(settingsOf(2, LIMITS).map(({ file, value }) => `${file}=${value}`)).toEqual([
    'memory.max=1024',
    'memory.swap.max=0',
    'pids.max=5',
    'cpu.max=50000 100000',
  ]);
});

test('what has no limit is left alone', () => {
  expect(settingsOf(2, {})).toEqual([]);
});

test('the kills are counted in the files of both versions', () => {
  expect(readOomKills('oom_kill_disable 0\nunder_oom 0\noom_kill 2\n')).toBe(2);
  expect(readOomKills('low 0\nhigh 0\nmax 11\noom 3\noom_kill 1\noom_group_kill 0\n')).toBe(1);
  expect(readOomKills('')).toBe(0);
});

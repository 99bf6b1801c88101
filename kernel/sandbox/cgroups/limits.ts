import type { Controller } from './hierarchy.ts';

/** What the processes of one worker may use up, all together. */
export interface GroupLimits {
  memoryBytes?: number;
  pidsMax?: number;
  cpu?: { quotaUs: number; periodUs: number };
}

/** A file of a control group and what is to be written into it; `optional` where not every kernel has it. */
export interface Setting {
  controller: Controller;
  file: string;
  value: string;
  optional?: boolean;
}

/** The settings of a new group, in the order in which they can be made: swap is limited with memory. */
export function settingsOf(version: 1 | 2, { memoryBytes, pidsMax, cpu }: GroupLimits): Setting[] {
  return [
    ...(memoryBytes === undefined ? [] : memorySettings(version, String(memoryBytes))),
    ...(pidsMax === undefined
      ? []
      : [{ controller: 'pids' as const, file: 'pids.max', value: String(pidsMax) }]),
    ...(cpu === undefined ? [] : cpuSettings(version, cpu)),
  ];
}

function memorySettings(version: 1 | 2, value: string): Setting[] {
  const controller = 'memory';
  if (version === 2) {
    return [
      { controller, file: 'memory.max', value },
      { controller, file: 'memory.swap.max', value: '0', optional: true },
    ];
  }
  return [
    { controller, file: 'memory.limit_in_bytes', value },
    { controller, file: 'memory.memsw.limit_in_bytes', value, optional: true },
    { controller, file: 'memory.swappiness', value: '0', optional: true },
  ];
}

function cpuSettings(version: 1 | 2, { quotaUs, periodUs }: { quotaUs: number; periodUs: number }) {
  const controller = 'cpu' as const;
  if (version === 2) return [{ controller, file: 'cpu.max', value: `${quotaUs} ${periodUs}` }];
  return [
    { controller, file: 'cpu.cfs_period_us', value: String(periodUs) },
    { controller, file: 'cpu.cfs_quota_us', value: String(quotaUs) },
  ];
}

/** How often the kernel has ended a process of the group for its memory: of `memory.events` or `memory.oom_control`. */
export function readOomKills(text: string): number {
  const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
  return count === undefined ? 0 : Number(count);
}

/**
 * The names of our control groups: whose they are, by process id and start time, so that what a dead kernel has left
 * can be told from what is in use.
 */
export function groupName(owner: GroupOwner, serial: number): string {
  return `ork-${owner.pid}-${owner.startTime}-${serial}`;
}

export interface GroupOwner {
  pid: number;
  /** In clock ticks since the boot, as the 22nd field of `/proc/PID/stat`. */
  startTime: string;
}

export function ownerOf(name: string): GroupOwner | undefined {
  const [, pid, startTime] = /^ork-(\d+)-(\d+)-\d+$/.exec(name) ?? [];
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
}

/** The start time in the text of a `/proc/PID/stat`, whose second field may hold anything. */
export function startTimeOf(stat: string): string {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}

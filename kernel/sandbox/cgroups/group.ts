import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { OrkError } from '../../types/errors.ts';
import { groupName, ownerOf, startTimeOf } from './group-name.ts';
import { CONTROLLERS, type Controller } from './hierarchy.ts';
import { type GroupLimits, readOomKills, settingsOf } from './limits.ts';
import type { GroupPlaces } from './places.ts';

/** Milliseconds between tries to remove a group: its last processes are usually gone at once. */
const REMOVAL_PAUSES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

let serial = 0;
let swept = false;

/** The control group of one worker: a folder, or one for each controller. */
export class ControlGroup {
  readonly #folders: Partial<Record<Controller, string>>;
  readonly #version: 1 | 2;

  private constructor(version: 1 | 2, folders: Partial<Record<Controller, string>>) {
    this.#version = version;
    this.#folders = folders;
  }

  /**
   * Makes a group with these limits; undefined when there is nothing to limit. Throws `failed-precondition` when the
   * host takes a limit back that it had offered.
   */
  static create(places: GroupPlaces, limits: GroupLimits): ControlGroup | undefined {
    const settings = settingsOf(places.version, limits);
    const wanted = CONTROLLERS.filter((name) =>
      settings.some(({ controller }) => controller === name),
    );
    const usable = wanted.filter((name) => places.parents[name] !== undefined);
    if (usable.length === 0) return undefined;
    if (!swept) sweep(places);
    const name = groupName({ pid: process.pid, startTime: ownStartTime() }, ++serial);
    const folders = Object.fromEntries(
      usable.map((controller) => [
        controller,
        path.join(places.parents[controller] as string, name),
      ]),
    );
    const group = new ControlGroup(places.version, folders);
    try {
      for (const folder of new Set(Object.values(folders))) mkdirSync(folder);
      for (const setting of settings) group.#apply(setting);
    } catch (error) {
      group.#removeFolders();
      throw notLimited(error);
    }
    return group;
  }

  /** The files by which a process joins the group. */
  get joinFiles(): string[] {
    return [...new Set(Object.values(this.#folders))].map((folder) =>
      path.join(folder, 'cgroup.procs'),
    );
  }

  /** True when the process is in the group, by every controller that the group limits. */
  holds(pid: number): boolean {
    const folders = [...new Set(Object.values(this.#folders))];
    return folders.every((folder) =>
      readFileSync(path.join(folder, 'cgroup.procs'), 'latin1').split('\n').includes(String(pid)),
    );
  }

  /** How often a process of the group was ended for want of memory. */
  get oomKills(): number {
    const file = this.#version === 2 ? 'memory.events' : 'memory.oom_control';
    return readOomKills(this.read('memory', file));
  }

  /** The text of a file of the group; empty when there is none. */
  read(controller: Controller, file: string): string {
    const folder = this.#folders[controller];
    if (folder === undefined) return '';
    try {
      return readFileSync(path.join(folder, file), 'utf8').trim();
    } catch {
      return '';
    }
  }

  /** What the host says that the limits are. */
  limitsInForce(): Record<string, string> {
    const files =
      this.#version === 2
        ? ([
            ['memory', 'memory.max'],
            ['pids', 'pids.max'],
            ['cpu', 'cpu.max'],
          ] as const)
        : ([
            ['memory', 'memory.limit_in_bytes'],
            ['pids', 'pids.max'],
            ['cpu', 'cpu.cfs_quota_us'],
          ] as const);
    const read = files.map(
      ([controller, file]) => [controller, this.read(controller, file)] as const,
    );
    return Object.fromEntries(read.filter(([, value]) => value !== ''));
  }

  /** Removes the group once its last process has ended; gives up after some time: the next kernel sweeps. */
  async remove(): Promise<void> {
    for (const pause of REMOVAL_PAUSES) {
      if (this.#removeFolders()) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.#removeFolders();
  }

  #apply({ controller, file, value, optional }: ReturnType<typeof settingsOf>[number]): void {
    const folder = this.#folders[controller];
    if (folder === undefined) return;
    const target = path.join(folder, file);
    if (optional === true && !existsSync(target)) return;
    writeFileSync(target, value);
  }

  #removeFolders(): boolean {
    const folders = new Set(Object.values(this.#folders));
    return Array.from(folders, removeFolder).every((gone) => gone);
  }
}

/** Removes the groups that kernels have left which were killed. */
function sweep({ parents }: GroupPlaces): void {
  swept = true;
  for (const parent of new Set(Object.values(parents))) {
    for (const name of readdirSync(parent)) {
      const owner = ownerOf(name);
      if (owner !== undefined && !isRunning(owner)) removeFolder(path.join(parent, name));
    }
  }
}

function isRunning({ pid, startTime }: { pid: number; startTime: string }): boolean {
  try {
    return startTimeOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) === startTime;
  } catch {
    return false;
  }
}

function ownStartTime(): string {
  return startTimeOf(readFileSync('/proc/self/stat', 'utf8'));
}

/** True when it is gone. */
function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function notLimited(cause: unknown): OrkError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new OrkError(
    'failed-precondition',
    `the limits of the workload cannot be set: ${message}`,
    {
      reason: 'sandbox.not-set-up',
      hint: 'lower limits of an outer control group win: is the limit within what this service has itself?',
      cause,
    },
  );
}

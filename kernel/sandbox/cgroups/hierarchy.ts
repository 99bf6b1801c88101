/** The controllers that limits of a workload need. */
export const CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
export type Controller = (typeof CONTROLLERS)[number];

/** Where this process stands in the control groups of its host, as folders. */
export interface Hierarchy {
  version: 1 | 2;
  /** Its own group, by controller; with version 2 the same one for all. */
  own: Partial<Record<Controller, string>>;
  /** The root of the hierarchy, by controller. */
  root: Partial<Record<Controller, string>>;
}

interface Mount {
  /** The group that is mounted, from the root of the hierarchy. */
  group: string;
  folder: string;
  type: string;
  options: string[];
}

/**
 * Reads `/proc/self/mountinfo` and `/proc/self/cgroup`. Version 1 where it has the memory controller: a controller
 * belongs to one of the two at a time. Undefined when neither is mounted.
 */
export function readHierarchy(mountinfo: string, cgroup: string): Hierarchy | undefined {
  const mounts = mountinfo.split('\n').flatMap(parseMount);
  const groups = cgroup.split('\n').flatMap(parseGroup);
  const first = placesOf(1, mounts, groups);
  if (first.own.memory !== undefined) return first;
  const second = placesOf(2, mounts, groups);
  return second.own.memory === undefined ? undefined : second;
}

function placesOf(version: 1 | 2, mounts: Mount[], groups: Group[]): Hierarchy {
  const hierarchy: Hierarchy = { version, own: {}, root: {} };
  for (const controller of CONTROLLERS) {
    const mount = mounts.find(({ type, options }) =>
      version === 1 ? type === 'cgroup' && options.includes(controller) : type === 'cgroup2',
    );
    const group = groups.find(({ controllers }) =>
      version === 1 ? controllers.includes(controller) : controllers.length === 0,
    );
    if (mount === undefined || group === undefined) continue;
    hierarchy.root[controller] = mount.folder;
    hierarchy.own[controller] = below(mount, group.path);
  }
  return hierarchy;
}

/** A mount may begin further down: then the group's path begins with what is left out. */
function below({ group, folder }: Mount, path: string): string {
  const inside = group !== '/' && path.startsWith(group) ? path.slice(group.length) : path;
  return inside === '/' || inside === '' ? folder : `${folder}${inside}`;
}

/** `36 25 0:30 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory` */
function parseMount(line: string): Mount[] {
  const [about = '', source = ''] = line.split(' - ');
  const [, , , group, folder] = about.split(' ');
  const [type = '', , options = ''] = source.split(' ');
  if (group === undefined || folder === undefined || !type.startsWith('cgroup')) return [];
  return [{ group, folder, type, options: options.split(',') }];
}

interface Group {
  controllers: string[];
  path: string;
}

/** `4:memory:/user.slice`, and `0::/user.slice` of version 2. */
function parseGroup(line: string): Group[] {
  const [, controllers, ...path] = line.split(':');
  if (controllers === undefined || path.length === 0) return [];
  return [{ controllers: controllers === '' ? [] : controllers.split(','), path: path.join(':') }];
}

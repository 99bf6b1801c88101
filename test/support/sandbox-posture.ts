import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { HOME, IS_ROOT, onHost, type Site } from './sandbox.ts';

const FIELDS = ['Uid', 'Gid', 'Groups', 'NoNewPrivs', 'Seccomp'];
const CAPABILITIES = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];

/** The limits that are set for every worker; of the others, only those are told that are not as ork's. */
const FIXED_LIMITS =
  /^Max (?:core file size|open files|locked memory|msgqueue size|realtime priority) /;

/** Where the free users of workers begin. */
const FIRST_WORKER_ID = 1_900_000_000;

/** A process of a run that is looked at from outside. */
export interface Watched {
  site: Site;
  ork: number;
  pid: number;
}

export function identity(watched: Watched): string[] {
  const { pid, ork } = watched;
  const [own, outside] = [statusOf(pid), statusOf(ork)];
  const uid = own('Uid').split(' ')[0];
  const namespaces = readdirSync(`/proc/${ork}/ns`).filter(
    (name) => !name.endsWith('_for_children'),
  );
  return [
    ...FIELDS.map((name) => `${name} ${withIds(own(name), watched)}`.trim()),
    ...CAPABILITIES.map((name) => {
      const set = BigInt(`0x${own(name)}`);
      return `${name} ${set > 0 && own(name) === outside(name) ? "all of ork's" : set.toString(16)}`;
    }),
    `filters ${Number(own('Seccomp_filters')) - Number(outside('Seccomp_filters'))}`,
    // Of a process of root it cannot be told.
    ...(uid === '0' ? [] : [`memory ${isDumpable(pid, uid) ? 'open' : 'closed'} to the same user`]),
    ...namespaces.map((name) => {
      const [its, orks] = [pid, ork].map((process) => readlinkSync(`/proc/${process}/ns/${name}`));
      return `namespace ${name} ${its === orks ? 'of ork' : 'own'}`;
    }),
    ...descriptors(watched),
  ];
}

function statusOf(pid: number): (name: string) => string {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return (name) => {
    const value = new RegExp(`^${name}:(.*)$`, 'm').exec(status)?.[1] ?? 'missing';
    return value.trim().replace(/\s+/g, ' ');
  };
}

/** The files of a process that may not be looked into belong to root. */
function isDumpable(pid: number, uid: string | undefined): boolean {
  return String(statSync(`/proc/${pid}/status`).uid) === uid;
}

/** A user's number, by what it is. */
function withIds(text: string, { site, ork }: Watched): string {
  const free = String(FIRST_WORKER_ID + (ork % 65_536));
  return text.replace(/\b[1-9]\d{3,}\b/g, (number) => {
    if (number === free) return '$FREE';
    return number === String(site.uid) ? '$OWN' : number;
  });
}

/** Without those that are closed while they are read. */
export function descriptorsOf(pid: number): Map<number, string> {
  const open = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [[Number(fd), readlinkSync(`/proc/${pid}/fd/${fd}`)] as const];
    } catch {
      return [];
    }
  });
  return new Map(open);
}

/** 0 to 4 one by one; of those that Node has made for itself, which kinds there are. */
function descriptors({ pid, ork }: Watched): string[] {
  const shared = new Set(
    [...descriptorsOf(ork).values()].filter((target) => /\[\d+\]/.test(target)),
  );
  const kind = (target: string): string => {
    const [, type, inode = ''] = /^(socket|pipe):\[(\d+)\]$/.exec(target) ?? [];
    if (type === undefined) return target;
    if (shared.has(target)) return `${type} that ork holds too`;
    if (type === 'pipe') return type;
    if (unixSockets(pid).has(inode)) return 'unix socket of its own network';
    return unixSockets(ork).has(inode) ? "unix socket of ork's network" : 'socket of another kind';
  };
  const all = [...descriptorsOf(pid)].sort(([a], [b]) => a - b);
  const above = all.filter(([fd]) => fd > 3).map(([, target]) => kind(target));
  return [
    ...all.filter(([fd]) => fd <= 3).map(([fd, target]) => `descriptor ${fd} ${kind(target)}`),
    ...[...new Set(above)].map((text) => `descriptor above 3 ${text}`),
  ];
}

function unixSockets(pid: number): Set<string> {
  const lines = readFileSync(`/proc/${pid}/net/unix`, 'latin1').split('\n');
  return new Set(lines.map((line) => line.split(/\s+/)[6] ?? ''));
}

export function surroundings(watched: Watched): string[] {
  const { pid, ork } = watched;
  const inherited = new Set(readFileSync(`/proc/${ork}/limits`, 'latin1').split('\n'));
  const limits = readFileSync(`/proc/${pid}/limits`, 'latin1').split('\n').slice(1, -1);
  const user = IS_ROOT ? [] : ['--user', '--preserve-credentials'];
  const hostname = onHost('nsenter', `--target=${pid}`, ...user, '--uts', 'hostname').trim();
  return [
    ...limits
      .filter((line) => FIXED_LIMITS.test(line) || !inherited.has(line))
      .map((line) => `limit ${line.trim().replace(/\s+/g, ' ')}`),
    ...groupsOf(watched),
    `hostname ${hostname}`,
    `workdir ${withPlaces(readlinkSync(`/proc/${pid}/cwd`), watched)}`,
    ...variables(watched),
  ];
}

/** The limits of the control groups that are its own, as their files say, whatever their version calls them. */
export function groupsOf({ pid, ork }: Watched): string[] {
  const outside = new Set(readFileSync(`/proc/${ork}/cgroup`, 'latin1').split('\n'));
  const own = readFileSync(`/proc/${pid}/cgroup`, 'latin1').split('\n');
  return own
    .filter((line) => !outside.has(line))
    .flatMap((line) => {
      const [, controllers = '', folder = ''] = line.split(':');
      const places = [`/sys/fs/cgroup/${controllers}${folder}`, `/sys/fs/cgroup/unified${folder}`];
      const place = places.find((candidate) => statSync(candidate, { throwIfNoEntry: false }));
      const read = (file: string): string[] => {
        try {
          return [readFileSync(path.join(place ?? '', file), 'utf8').trim()];
        } catch {
          return [];
        }
      };
      const memory = [...read('memory.limit_in_bytes'), ...read('memory.max')];
      const swap = [...read('memory.swappiness'), ...read('memory.swap.max')];
      return [
        ...memory.map((value) => `group memory ${value}`),
        ...swap.map((value) => `group swap ${value}`),
        ...read('pids.max').map((value) => `group pids ${value}`),
      ];
    });
}

export function variables({ pid }: Watched): string[] {
  const entries = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  return entries.filter((entry) => entry !== '').map((entry) => `variable ${entry.split('=')[0]}`);
}

function withPlaces(text: string, { site }: Watched): string {
  return text
    .replace(site.node, '$NODE')
    .replace(site.ork, '$ORK')
    .replace(site.workspace, '$WORKSPACE')
    .replace(site.folder, '$FOLDER')
    .replace(HOME, '$HOME');
}

/** Each mount of its view: what is mounted, and with which flags. */
export function mounts(watched: Watched): string[] {
  const text = readFileSync(`/proc/${watched.pid}/mountinfo`, 'latin1').trim();
  const maps = readFileSync(`/proc/${watched.pid}/maps`, 'latin1');
  const lines = text.split('\n').map((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, target = '', flags = '', ...propagation] = before.split(' ');
    const [type = '', source, options = ''] = after.split(' ');
    const made = source === 'none' && root === '/';
    const isLibrary = /^\/(?:usr\/)?lib.*\.so[.\d]*$/.test(target) && maps.includes(target);
    const place = isLibrary ? '$LIBRARIES' : withPlaces(target, watched);
    const own = made ? [type, flags, withItsId(options, watched)] : ['host', withoutTimes(flags)];
    return ['mount', place, ...own, ...propagation].join(' ');
  });
  return [...new Set(lines)];
}

function withItsId(options: string, { pid }: Watched): string {
  const id = statusOf(pid)('Uid').split(' ')[0];
  return options.replaceAll(`=${id}`, '=$ITS');
}

/** How the host keeps the times of its files is its own affair. */
function withoutTimes(flags: string): string {
  return flags
    .split(',')
    .filter((flag) => !flag.endsWith('atime'))
    .join(',');
}

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';

/** What must hold for a worker, as the kernel can see it from outside. */
export interface Posture {
  uid: number;
  gid: number;
  /** Those that are not the kernel's own, as in `/proc/PID/ns`. */
  namespaces: string[];
  /** How many filters of system calls. */
  filters: number;
  noNewPrivileges: boolean;
  /** In hexadecimal: all sets of capabilities together. */
  capabilities: string;
  dumpable: boolean;
}

const CAPABILITY_SETS = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];

/** The process that the helper has started: the only child of its only child. Undefined when it is gone. */
export function workerBelow(helper: number): number | undefined {
  const inner = onlyChild(helper);
  return inner === undefined ? undefined : onlyChild(inner);
}

/** Reads what the operating system has in force for a process. Throws what `fs` throws when it is gone. */
export function readPosture(pid: number): Posture {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
  return {
    uid: Number(field('Uid')),
    gid: Number(field('Gid')),
    namespaces: ownNamespaces(pid),
    filters: Number(field('Seccomp_filters')),
    noNewPrivileges: field('NoNewPrivs') === '1',
    capabilities: CAPABILITY_SETS.map(field)
      .map((set) => BigInt(`0x${set}`))
      .reduce((all, set) => all | set)
      .toString(16),
    dumpable: isDumpable(pid, Number(field('Uid'))),
  };
}

/** Throws `internal` when a worker has not what was planned for it: such a worker must not be used. */
export function checkPosture(seen: Posture, expected: Posture): void {
  const keys = Object.keys(expected) as (keyof Posture)[];
  const wrong = keys.filter((key) => String(seen[key]) !== String(expected[key]));
  if (wrong.length === 0) return;
  const differences = wrong.map((key) => `${key} is '${seen[key]}' and not '${expected[key]}'`);
  throw new OrkError('internal', `the sandbox is not as planned: ${differences.join(', ')}`, {
    reason: 'sandbox.not-applied',
    hint: 'this is a mistake in ork, or something outside has changed the worker',
  });
}

export function postureToJson(posture: Posture): JsonObject {
  const { uid, gid, namespaces, filters, noNewPrivileges, capabilities, dumpable } = posture;
  return {
    uid,
    gid,
    namespaces,
    seccomp_filters: filters,
    no_new_privs: noNewPrivileges,
    capabilities,
    dumpable,
  };
}

function ownNamespaces(pid: number): string[] {
  return readdirSync('/proc/self/ns')
    .filter((name) => !name.endsWith('_for_children') && name !== 'time')
    .filter(
      (name) => readlinkSync(`/proc/${pid}/ns/${name}`) !== readlinkSync(`/proc/self/ns/${name}`),
    )
    .sort();
}

/** The files of a process that may not be looked into belong to root. */
function isDumpable(pid: number, uid: number): boolean {
  return statSync(`/proc/${pid}/status`).uid === uid;
}

function onlyChild(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
    return child === undefined || child === '' ? undefined : Number(child);
  } catch {
    return undefined;
  }
}

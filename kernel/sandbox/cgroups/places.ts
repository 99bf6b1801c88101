import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CONTROLLERS, type Controller, type Hierarchy, readHierarchy } from './hierarchy.ts';

/** The folders in which groups for workers can be made, by controller. Controllers without one are not enforced. */
export interface GroupPlaces {
  version: 1 | 2;
  parents: Partial<Record<Controller, string>>;
}

/** In version 2 a group has either processes or limits for groups below: the kernel moves itself aside. */
const ASIDE = 'ork-kernel';

export function findPlaces(): GroupPlaces {
  const hierarchy = readHierarchy(readText('/proc/self/mountinfo'), readText('/proc/self/cgroup'));
  return hierarchy === undefined ? { version: 2, parents: {} } : placesIn(hierarchy);
}

/** The places that a hierarchy has for us; in version 2 after trying to get all controllers. */
export function placesIn(hierarchy: Hierarchy): GroupPlaces {
  return hierarchy.version === 1 ? placesOfFirst(hierarchy) : placesOfSecond(hierarchy);
}

function placesOfFirst({ own }: Hierarchy): GroupPlaces {
  const usable = CONTROLLERS.flatMap((controller) => {
    const folder = own[controller];
    return folder !== undefined && isWritable(folder) ? [[controller, folder] as const] : [];
  });
  return { version: 1, parents: Object.fromEntries(usable) };
}

/** Below our own group where it was given to us, else below the root, which root alone may use. */
function placesOfSecond({ own, root }: Hierarchy): GroupPlaces {
  const candidates = [own.memory, root.memory].filter((folder) => folder !== undefined);
  let best: { folder: string; controllers: Controller[] } | undefined;
  for (const folder of candidates) {
    const controllers = enableIn(folder);
    if (best === undefined || controllers.length > best.controllers.length) {
      best = { folder, controllers };
    }
    if (controllers.includes('memory')) break;
  }
  const parents = (best?.controllers ?? []).map((name) => [name, best?.folder as string] as const);
  return { version: 2, parents: Object.fromEntries(parents) };
}

/**
 * The controllers that groups below `folder` can have, after trying to get all: but not in a group in which others are,
 * which would make it one of threads, with no place for processes below.
 */
function enableIn(folder: string): Controller[] {
  if (!isWritable(folder)) return [];
  if (!isRoot(folder) && isAlone(folder)) moveAside(folder);
  if (!canHoldGroups(folder)) return [];
  const missing = CONTROLLERS.filter((name) => !controllersBelow(folder).includes(name));
  for (const name of missing) tryToWrite(path.join(folder, 'cgroup.subtree_control'), `+${name}`);
  const enabled = controllersBelow(folder);
  return CONTROLLERS.filter((name) => enabled.includes(name));
}

function canHoldGroups(folder: string): boolean {
  if (isRoot(folder)) return true;
  return typeOf(folder) === 'domain' && readText(path.join(folder, 'cgroup.procs')).trim() === '';
}

/** Of the whole machine: it alone may have processes and limits for groups below, and it has no type. */
function isRoot(folder: string): boolean {
  return typeOf(folder) === '';
}

function typeOf(folder: string): string {
  return readText(path.join(folder, 'cgroup.type')).trim();
}

function controllersBelow(folder: string): string[] {
  return readText(path.join(folder, 'cgroup.subtree_control')).trim().split(' ');
}

function isAlone(folder: string): boolean {
  return readText(path.join(folder, 'cgroup.procs')).trim() === String(process.pid);
}

function moveAside(folder: string): void {
  const aside = path.join(folder, ASIDE);
  if (!existsSync(aside)) mkdirSync(aside);
  tryToWrite(path.join(aside, 'cgroup.procs'), String(process.pid));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What cannot be had is seen afterwards, by what is there. */
function tryToWrite(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch {
    // As above.
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

import { lstatSync, realpathSync, statSync } from 'node:fs';
import { OrkError } from '../types/errors.ts';
import { isInside } from '../types/path-inside.ts';
import type { IdMap } from './view-entry.ts';

/** A path that a workload is given. */
export interface GrantedPath {
  access: 'read' | 'write';
  /** Absolute, as somebody has written it. */
  written: string;
  /** Where it led when it was judged, without links. Never resolved again: it may lead elsewhere by then. */
  real: string;
}

/** A path that a workload may see, as it is on the host now. */
export interface ResolvedGrant extends GrantedPath {
  owner: IdMap;
  /** The worker is to act as the owner, which takes an id-mapped mount. */
  mapped: boolean;
}

/** Code that a worker loads. */
export interface CodeFolder {
  path: string;
  /** Whose files these are, where nobody else may read them: the worker is to read them as that user. */
  owner?: IdMap;
}

const READABLE_BY_ALL = 0o004;
const ENTERED_BY_ALL = 0o001;

/**
 * The granted paths with who owns them. What is covered by another of at least the same access is left out, and so is
 * what is not there to be read. Throws `failed-precondition` for what is not there to be written.
 */
export function resolveGrants(granted: readonly GrantedPath[], mapped: boolean): ResolvedGrant[] {
  const grants = granted.flatMap((grant) => ownedGrant(grant, mapped));
  return grants.filter(
    (grant, index) => !grants.some((other, at) => covers(other, at, grant, index)),
  );
}

/**
 * Throws `denied` for a path below one of `writable` that leads out of it: whoever may write there can have put the
 * link there.
 */
export function refuseLeadingOut(
  granted: readonly GrantedPath[],
  writable: Iterable<string>,
): void {
  const roots = [...writable];
  for (const { written, real } of granted) {
    const root = roots.find((folder) => isInside(written, folder) && !isInside(real, folder));
    if (root === undefined) continue;
    throw new OrkError('denied', `${written} leads out of ${root} by a link, to ${real}`, {
      reason: 'sandbox.grant-refused',
      hint: 'a workload may have put the link there: grant what it leads to by its own path',
    });
  }
}

/** The paths among `candidates` that exist and lie below a grant to write, without links. */
export function protectedBelow(grants: ResolvedGrant[], candidates: string[]): string[] {
  const writable = grants.filter(({ access }) => access === 'write');
  return realPaths(candidates).filter((file) =>
    writable.some((grant) => file !== grant.real && isInside(file, grant.real)),
  );
}

/** The paths among `candidates` that exist and that any grant shows, without links. */
export function visibleBelow(grants: ResolvedGrant[], candidates: string[]): string[] {
  return realPaths(candidates).filter((file) => grants.some((grant) => isInside(file, grant.real)));
}

function realPaths(files: string[]): string[] {
  return [...new Set(files.flatMap((file) => realPath(file) ?? []))];
}

/** A folder of code, as it is to be shown to a worker of another user. */
export function codeFolder(folder: string, mapped: boolean): CodeFolder {
  const real = realpathSync(folder);
  const stats = statSync(real);
  const { uid, gid, mode } = stats;
  const open = stats.isDirectory() ? READABLE_BY_ALL | ENTERED_BY_ALL : READABLE_BY_ALL;
  return {
    path: real,
    ...(mapped && (mode & open) !== open && { owner: { owner: uid, group: gid } }),
  };
}

function ownedGrant(grant: GrantedPath, mapped: boolean): ResolvedGrant[] {
  const stats = lstatSync(grant.real, { throwIfNoEntry: false });
  if (stats !== undefined) {
    return [{ ...grant, owner: { owner: stats.uid, group: stats.gid }, mapped }];
  }
  if (grant.access === 'read') return [];
  throw missing(grant.written);
}

function covers(other: ResolvedGrant, at: number, grant: ResolvedGrant, index: number): boolean {
  if (at === index || other.written !== other.real || grant.written !== grant.real) return false;
  if (!isInside(grant.real, other.real)) return false;
  if (grant.real === other.real && other.access === grant.access) return at < index;
  return other.access === 'write' || grant.access === 'read';
}

function realPath(file: string): string | undefined {
  try {
    // A link that leads nowhere is as little there as a path without an entry.
    lstatSync(file);
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function missing(file: string): OrkError {
  return new OrkError('failed-precondition', `${file} is granted for writing, and is not there`, {
    reason: 'sandbox.grant-missing',
    hint: 'make it first, or grant the folder that it is to be in',
  });
}

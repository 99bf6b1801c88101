import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { OrkError } from '../types/errors.ts';
import { isInside } from '../types/path-inside.ts';
import type { ResolvedGrant } from './grants.ts';

/** Where ORK keeps audit logs, configuration and caches of a user, by variable and place in the home folder. */
const PLACES: [variable: string, inHome: string][] = [
  ['XDG_STATE_HOME', '.local/state'],
  ['XDG_CONFIG_HOME', '.config'],
  ['XDG_CACHE_HOME', '.cache'],
];

/** Those folders of ORK's own that exist, without links. */
export function ownFolders(environment: NodeJS.ProcessEnv): string[] {
  const home = environment['HOME'];
  return PLACES.flatMap(([variable, inHome]) => {
    const chosen = environment[variable];
    const base = chosen !== undefined && path.isAbsolute(chosen) ? chosen : undefined;
    const folder = base ?? (home === undefined ? undefined : path.join(home, inHome));
    const own = folder === undefined ? undefined : path.join(folder, 'ork');
    return own !== undefined && existsSync(own) ? [realpathSync(own)] : [];
  });
}

/** Throws `denied` for a grant to write among the code of ORK itself; around it, the code stays as it is. */
export function refuseWithin(grants: readonly ResolvedGrant[], code: readonly string[]): void {
  for (const { access, written, real } of grants) {
    const folder = code.find((each) => access === 'write' && isInside(real, each));
    if (folder === undefined) continue;
    throw new OrkError(
      'denied',
      `no workload may write to ${written}: ork itself lies in ${folder}`,
      {
        reason: 'sandbox.grant-refused',
        hint: 'work in, or grant, another folder',
      },
    );
  }
}

/** Throws `denied` for a grant, the workspace included, in which ORK's own files lie, or which lies among them. */
export function refuseOwnFolders(
  grants: readonly ResolvedGrant[],
  folders: readonly string[],
): void {
  for (const { written, real } of grants) {
    const own = folders.find((folder) => isInside(folder, real) || isInside(real, folder));
    if (own === undefined) continue;
    throw new OrkError(
      'denied',
      `no workload is given ${written}: ork keeps files of its own in ${own}`,
      {
        reason: 'sandbox.grant-refused',
        hint: 'grant, or work in, a folder that is no part of it and does not hold it',
      },
    );
  }
}

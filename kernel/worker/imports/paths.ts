import path from 'node:path';
import { OrkError } from '../../types/errors.ts';
import { realExisting } from '../../types/existing-path.ts';
import { isInside } from '../../types/path-inside.ts';
import type { PathGrants } from '../call-context.ts';

export type Access = 'read' | 'write';

/**
 * Turns a guest's path into a real one inside what the workload was granted: the workspace, and
 * `security_context.filesystem`. Links are resolved first, so that one cannot lead outside.
 *
 * This gives clear refusals; it is not the wall. Between the check and the use another process can
 * swap a directory for a link: only the sandbox's mount namespace prevents that.
 */
export class PathResolver {
  readonly #grants: PathGrants;
  #roots: Promise<Record<Access, string[]>> | undefined;

  constructor(grants: PathGrants) {
    this.#grants = grants;
  }

  /** With `follow: false` a link at the end is the subject itself. Throws `denied`. */
  async resolve(guestPath: string, access: Access, follow = true): Promise<string> {
    if (guestPath === '' || guestPath.includes('\0')) {
      throw new OrkError('invalid-argument', 'a path is empty or holds a NUL byte');
    }
    const absolute = path.resolve(this.#grants.workspace, guestPath);
    const real = follow
      ? await realExisting(absolute)
      : path.join(await realExisting(path.dirname(absolute)), path.basename(absolute));
    this.#roots ??= this.#realRoots();
    const roots = (await this.#roots)[access];
    if (!roots.some((root) => isInside(real, root))) throw refused(guestPath, absolute, access);
    return real;
  }

  /** As `resolve`, for what is to go away: never the workspace or a granted folder itself, nor one above. */
  async resolveRemovable(guestPath: string): Promise<string> {
    const real = await this.resolve(guestPath, 'write', false);
    const { read } = await (this.#roots as Promise<Record<Access, string[]>>);
    if (!read.some((root) => isInside(root, real))) return real;
    throw new OrkError(
      'invalid-argument',
      `${guestPath} is the workspace, or a granted folder, itself`,
      {
        reason: 'files.whole-grant',
        hint: 'name what is to go within it',
      },
    );
  }

  async #realRoots(): Promise<Record<Access, string[]>> {
    const { workspace, read, write } = this.#grants;
    const writable = await Promise.all(
      [workspace, ...write].map((root) => realExisting(path.resolve(workspace, root))),
    );
    const readable = await Promise.all(
      read.map((root) => realExisting(path.resolve(workspace, root))),
    );
    return { write: writable, read: [...writable, ...readable] };
  }
}

function refused(guestPath: string, absolute: string, access: Access): OrkError {
  return new OrkError(
    'denied',
    `${access === 'read' ? 'reading' : 'writing'} ${guestPath} is not granted`,
    {
      reason: 'files.not-granted',
      hint:
        `add to the workload: security_context: { filesystem: { ${access}: ["${absolute}"] } }` +
        (access === 'read' ? ', or under `write` if it is to be changed' : ''),
    },
  );
}

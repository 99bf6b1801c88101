import type { SecurityContext } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';

export interface Ids {
  uid: number;
  gid: number;
}

/** Who starts the worker, and what the host knows of users. */
export interface Accounts {
  /** Of the kernel process. */
  own: Ids;
  /** The text of the host's user database. */
  passwd: string;
  /** `/proc/self/uid_map`: which users exist for this process. */
  uidMap: string;
  /** The kernel's process id: runs at the same time get users of their own. */
  pid: number;
}

/** Far beyond the users of any distribution, of containers and of services, and below 2^31. */
const FIRST_WORKER_ID = 1_900_000_000;
const WORKER_IDS = 65_536;

/**
 * The user that a worker runs as: for root an unprivileged one that nobody else has, else the one who started the
 * kernel. Throws `denied` for root, `not-found` for an unknown name and `failed-precondition` for another user than
 * an ordinary one can become.
 */
export function workerIds(runAs: SecurityContext['runAs'], accounts: Accounts): Ids {
  const { own, passwd, uidMap, pid } = accounts;
  if (runAs === undefined || runAs === 'auto') return own.uid === 0 ? freeIds(uidMap, pid) : own;
  const ids = namedIds(runAs, passwd);
  if (ids.uid === 0 || ids.gid === 0) throw neverRoot(runAs);
  if (own.uid === 0 || ids.uid === own.uid) return ids;
  throw new OrkError('failed-precondition', `only root can start a worker as '${runAs}'`, {
    reason: 'sandbox.not-enforceable',
    hint: 'leave run_as out, or start ork as root',
  });
}

function freeIds(uidMap: string, pid: number): Ids {
  const id = FIRST_WORKER_ID + (pid % WORKER_IDS);
  const ranges = uidMap.split('\n').flatMap(parseRange);
  if (ranges.some(({ first, count }) => id >= first && id < first + count))
    return { uid: id, gid: id };
  const last = ranges.at(-1);
  // In a container with few users the last of them is as good as free.
  if (last !== undefined && last.count > 1) {
    // Not the very last ones: 65534 is nobody.
    const free = last.first + Math.floor((last.count - 1) * 0.9);
    return { uid: free, gid: free };
  }
  throw new OrkError(
    'failed-precondition',
    'there is no user here but root for a worker to run as',
    {
      reason: 'sandbox.not-set-up',
      hint: 'start ork as an ordinary user, or with --sandbox none',
    },
  );
}

function parseRange(line: string): { first: number; count: number }[] {
  const [first, , count] = line.trim().split(/ +/).map(Number);
  return first === undefined || count === undefined ? [] : [{ first, count }];
}

function namedIds(runAs: string | number, passwd: string): Ids {
  const entries = passwd.split('\n').map((line) => line.split(':'));
  const known = entries.find(([name, , uid]) => name === runAs || uid === String(runAs));
  if (known !== undefined) return { uid: Number(known[2]), gid: Number(known[3]) };
  if (/^\d+$/.test(String(runAs))) return { uid: Number(runAs), gid: Number(runAs) };
  throw new OrkError('not-found', `run_as: there is no user '${runAs}' on this host`, {
    reason: 'sandbox.unknown-user',
    hint: 'give the name of a user of this host, a uid, or auto',
  });
}

function neverRoot(runAs: string | number): OrkError {
  return new OrkError('denied', `run_as: a worker never runs as root ('${runAs}')`, {
    reason: 'sandbox.grant-refused',
    hint: 'name another user; what root alone may do is not for a workload',
  });
}

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OrkError } from '../types/errors.ts';
import { packageRoot } from '../types/package-root.ts';
import { findPlaces, type GroupPlaces } from './cgroups/places.ts';
import { type HostLayout, readHostLayout } from './host-layout.ts';
import type { Accounts } from './identity.ts';
import { readPosture } from './posture.ts';

/** What this host and this installation offer for sandboxes. */
export interface SandboxHost {
  accounts: Accounts;
  places: GroupPlaces;
  layout: HostLayout;
  /** The programs in `native/`, and the default filter of system calls, in hexadecimal. */
  native: { helper: string; seal: string; filter: string };
  /** The worker's code and all that it loads, as real paths. */
  code: string[];
  /** What else of ORK is run, and no worker needs to see. */
  programs: string;
  /** Filters of system calls that this process is under itself, in a container say: workers inherit them. */
  inheritedFilters: number;
  /** Compiled code of the worker that was made with the installation; undefined when there is none. */
  compileCache?: string;
}

const CODE = ['package.json', 'dist', 'kernel', 'node_modules'];

let found: SandboxHost | undefined;

/** Looked at once: it does not change while a kernel runs. Throws `failed-precondition` where there can be no sandbox. */
export function sandboxHost(): SandboxHost {
  found ??= inspectHost();
  return found;
}

function inspectHost(): SandboxHost {
  const root = packageRoot();
  const native = path.join(root, 'build', 'native');
  const compileCache = path.join(root, 'build', 'worker-cache');
  const filter = path.join(native, 'default-filter.hex');
  if (process.platform !== 'linux')
    throw unavailable(`there is no sandbox for ${process.platform}`);
  if (!existsSync(filter)) throw notBuilt(native);
  const layout = readHostLayout();
  return {
    accounts: {
      own: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
      passwd: layout.passwd,
      uidMap: readFileSync('/proc/self/uid_map', 'utf8'),
      pid: process.pid,
    },
    places: findPlaces(),
    layout,
    native: {
      helper: path.join(native, 'ork-sandbox'),
      seal: path.join(native, 'ork-seal.so'),
      filter: readFileSync(filter, 'latin1').trim(),
    },
    code: CODE.map((name) => path.join(root, name)).filter((file) => existsSync(file)),
    programs: path.join(root, 'build'),
    inheritedFilters: readPosture(process.pid).filters,
    ...(existsSync(compileCache) && { compileCache }),
  };
}

function notBuilt(folder: string): OrkError {
  return new OrkError(
    'failed-precondition',
    `the sandbox is not built: ${folder} is not complete`,
    {
      reason: 'sandbox.not-built',
      hint: 'in a checkout, run `make build`; otherwise install ork again',
    },
  );
}

function unavailable(message: string): OrkError {
  return new OrkError('failed-precondition', message, {
    reason: 'sandbox.not-set-up',
    hint: 'ork needs Linux for it; --sandbox none runs without one',
  });
}

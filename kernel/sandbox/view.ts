import path from 'node:path';
import { isInside } from '../types/path-inside.ts';
import type { CodeFolder, ResolvedGrant } from './grants.ts';
import type { HostLayout } from './host-layout.ts';
import { inOrder, readOnlyBind, type ViewEntry } from './view-entry.ts';
import type { WorkerKind } from './worker-kind.ts';

/** What a worker is to see. */
export interface ViewRequest {
  kind: WorkerKind;
  workerIds: { uid: number; gid: number };
  /** The home folder that the environment names; undefined when it names none. */
  home?: string;
  /** The workspace, and what security_context.filesystem grants. */
  grants: ResolvedGrant[];
  /** Real paths below a writable grant that stay as they are: playbooks, modules, the history of git. */
  protectedPaths: string[];
  /** Real paths of files that nobody inside sees the content of, wherever they lie. */
  hiddenPaths: string[];
  /** The worker's own program, library and code: real paths. */
  node: string;
  seal: string;
  code: CodeFolder[];
  /** Each folder in memory may hold as much. */
  scratchBytes: number;
  /** False with the process namespace of the host, whose /proc is shown then. */
  ownProcesses: boolean;
}

const SCRATCH = ['/tmp', '/dev/shm'];

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'].map((name) => `/dev/${name}`);

const DEVICE_LINKS = {
  '/dev/fd': '/proc/self/fd',
  '/dev/stdin': '/proc/self/fd/0',
  '/dev/stdout': '/proc/self/fd/1',
  '/dev/stderr': '/proc/self/fd/2',
};

/** What others have on the machine; the list of the OCI runtime specification, and what has come since. */
const MASKED = [
  'acpi',
  'asound',
  'bus',
  'interrupts',
  'kcore',
  'keys',
  'key-users',
  'kallsyms',
  'latency_stats',
  'sched_debug',
  'scsi',
  'timer_list',
  'timer_stats',
].map((name) => `/proc/${name}`);

const STICKY = 0o1777;
const PRIVATE = 0o700;

/** Everything that a worker sees, in the order in which it is to be made. */
export function planView(request: ViewRequest, layout: HostLayout): ViewEntry[] {
  return inOrder([
    ...notInGrants(request, [
      ...(request.kind === 'programs' ? systemForPrograms(request, layout) : layout.libraries),
      ...(request.kind === 'programs' ? [] : settingsForModules(layout)),
      ...devices(),
      ...processes(request),
      ...scratch(request),
    ]),
    ...grantEntries(request),
    ...protectedEntries(request),
    ...(request.kind === 'pure' ? [] : hiddenEntries(request)),
    ...ownCode(request),
  ]);
}

/** Where a grant shows the host's own, nothing of ours is put: it would be put on the host. */
function notInGrants({ kind, grants }: ViewRequest, entries: ViewEntry[]): ViewEntry[] {
  if (kind === 'pure') return entries;
  return entries.filter(({ target }) => !grants.some(({ real }) => isInside(target, real)));
}

/** Where nothing is shown, the mask is all that is there. */
function hidden(target: string): ViewEntry {
  return { kind: 'mask', target };
}

/** Folders in memory that are emptied between two workloads: none that anything of the host is granted in place of. */
export function scratchFolders({ kind, home, grants }: ViewRequest): string[] {
  const folders = kind === 'programs' && home !== undefined ? [...SCRATCH, home] : SCRATCH;
  const granted = kind === 'pure' ? [] : grants.flatMap(({ real, written }) => [real, written]);
  return folders.filter((folder) => !granted.some((grant) => isInside(folder, grant)));
}

function systemForPrograms(request: ViewRequest, layout: HostLayout): ViewEntry[] {
  const { uid, gid } = request.workerIds;
  const user = `ork:x:${uid}:${gid}:ork:${request.home ?? '/tmp'}:/usr/sbin/nologin`;
  return [
    ...layout.programs,
    ...layout.settings,
    { kind: 'file', target: '/etc/passwd', content: withAccount(layout.passwd, uid, user) },
    {
      kind: 'file',
      target: '/etc/group',
      content: withAccount(layout.group, gid, `ork:x:${gid}:`),
    },
    { kind: 'symlink', target: '/var/run', to: '/run' },
    { kind: 'directory', target: '/run', mode: 0o755 },
    { kind: 'symlink', target: '/var/tmp', to: '/tmp' },
  ];
}

/** Programs want to know who they run as. */
function withAccount(text: string, id: number, line: string): string {
  const known = text.split('\n').some((entry) => entry.split(':')[2] === String(id));
  return known ? text : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}

/** The clock's zone, and where the loader finds its libraries. */
function settingsForModules({ settings }: HostLayout): ViewEntry[] {
  return settings.filter(({ target }) => /\/(localtime|ld\.so\.cache)$/.test(target));
}

function devices(): ViewEntry[] {
  return [
    ...DEVICES.map((target) => ({ kind: 'device' as const, target })),
    ...Object.entries(DEVICE_LINKS).map(([target, to]) => ({
      kind: 'symlink' as const,
      target,
      to,
    })),
  ];
}

function processes({ ownProcesses }: ViewRequest): ViewEntry[] {
  if (!ownProcesses) return [readOnlyBind('/proc', true)];
  return [{ kind: 'proc', target: '/proc' }, ...MASKED.map(hidden)];
}

function scratch(request: ViewRequest): ViewEntry[] {
  const noExec = request.kind !== 'programs';
  return scratchFolders(request).map((target) => ({
    kind: 'tmpfs',
    target,
    bytes: request.scratchBytes,
    mode: target === request.home ? PRIVATE : STICKY,
    noExec,
  }));
}

function grantEntries(request: ViewRequest): ViewEntry[] {
  if (request.kind === 'pure') return [];
  return request.grants.flatMap((grant) => {
    const { real, written } = grant;
    const { mapped, owner } = grant;
    // It decides whose files the worker acts on.
    const bind = { ...grantBind(real, grant, request), ...(mapped && { owner }) } as ViewEntry;
    return written === real ? [bind] : [bind, { kind: 'symlink', target: written, to: real }];
  });
}

function grantBind(
  path: string,
  { access, owner, mapped }: ResolvedGrant,
  { kind, workerIds }: ViewRequest,
): ViewEntry {
  return {
    kind: 'bind',
    target: path,
    source: path,
    readOnly: access === 'read',
    noExec: kind !== 'programs',
    ...(mapped && owner.owner !== workerIds.uid ? { idMap: owner } : {}),
  };
}

/**
 * A mount can be neither written nor renamed nor removed. The folders above it could be renamed, and others put in
 * their place: each becomes a mount of its own.
 */
function protectedEntries(request: ViewRequest): ViewEntry[] {
  if (request.kind === 'pure') return [];
  return request.protectedPaths.flatMap((file) => {
    const grant = writableAround(file, request);
    if (grant === undefined) return [];
    const entry = { ...grantBind(file, grant, request), readOnly: true } as ViewEntry;
    return [...pinned(file, grant, request), entry];
  });
}

function hiddenEntries(request: ViewRequest): ViewEntry[] {
  return request.hiddenPaths.flatMap((file) => {
    const grant = writableAround(file, request);
    return [...(grant === undefined ? [] : pinned(file, grant, request)), hidden(file)];
  });
}

function writableAround(file: string, { grants }: ViewRequest): ResolvedGrant | undefined {
  return grants.find(
    ({ access, real }) => access === 'write' && file !== real && isInside(file, real),
  );
}

/** The folders between a grant and a file, as mounts: they cannot be moved away. */
function pinned(file: string, grant: ResolvedGrant, request: ViewRequest): ViewEntry[] {
  return foldersBetween(grant.real, file).map((folder) => grantBind(folder, grant, request));
}

function foldersBetween(top: string, file: string): string[] {
  const folders: string[] = [];
  for (let folder = path.dirname(file); folder !== top; folder = path.dirname(folder)) {
    folders.unshift(folder);
  }
  return folders;
}

/** Nothing of it can be started, but Node itself. */
function ownCode({ node, seal, code }: ViewRequest): ViewEntry[] {
  return [
    ...code.map(
      ({ path: folder, owner }): ViewEntry => ({
        ...(readOnlyBind(folder, true) as Extract<ViewEntry, { kind: 'bind' }>),
        ...(owner !== undefined && { idMap: owner }),
      }),
    ),
    readOnlyBind(node, false),
    readOnlyBind(seal, false),
  ];
}

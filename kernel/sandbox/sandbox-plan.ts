import path from 'node:path';
import type { SecurityContext } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { GroupLimits } from './cgroups/limits.ts';
import { DEFAULT_MEMORY_BYTES, DEFAULT_PIDS, hasOuterUserNamespace } from './demands.ts';
import { filterOf } from './filters.ts';
import {
  codeFolder,
  type GrantedPath,
  protectedBelow,
  resolveGrants,
  visibleBelow,
} from './grants.ts';
import type { SandboxHost } from './host.ts';
import { type Ids, workerIds } from './identity.ts';
import { ownFolders, refuseOwnFolders, refuseWithin } from './own-folders.ts';
import type { Posture } from './posture.ts';
import { planView, scratchFolders, type ViewRequest } from './view.ts';
import { entryWords } from './view-entry.ts';
import type { WorkerKind } from './worker-kind.ts';

/** What decides how a worker is started. */
export interface LaunchRequest {
  /** Its templates are rendered. */
  security: SecurityContext;
  /** What its `filesystem` grants, judged. */
  granted: readonly GrantedPath[];
  kind: WorkerKind;
  workspace: string;
  /** Files and folders that stay as they are, even where the workload may write. */
  protectedPaths: string[];
  /** Files whose content stays out of every sandbox: secrets, logs. */
  hiddenPaths: string[];
  /** Where components lie that the worker may be asked for. */
  moduleFolders: string[];
  hostEnvironment: NodeJS.ProcessEnv;
}

/** What a worker is wrapped in. */
export interface SandboxPlan {
  helper: string;
  /** The words of the plan for `ork-sandbox`, without what only the start of a worker decides. */
  words: string[];
  limits: GroupLimits;
  /** The helper can clean up between two workloads: it is the first process, and sees no others. */
  resettable: boolean;
  /** What the kernel must find when it looks at the worker. */
  posture: Posture;
}

const DEFAULT_CPU_PERIOD_US = 100_000;
/** Folders in memory count as memory of the workload, which is to have some left. */
const SCRATCH_SHARE = 2;

/** Without queues of messages: those of POSIX would outlive a reset. */
const FIXED_LIMITS = { core: 0, nofile: 8192, memlock: 8 * 1024 * 1024, msgqueue: 0, rtprio: 0 };

/** The names of the namespaces in a playbook, in a plan and in /proc. */
const NAMESPACES = [
  ['pid', 'pid', 'pid'],
  ['mount', 'mount', 'mnt'],
  ['ipc', 'ipc', 'ipc'],
  ['uts', 'uts', 'uts'],
  ['net', 'net', 'net'],
] as const;

const VERSION = '1';

/** The sandbox of a worker. */
export function planSandbox(
  request: LaunchRequest,
  env: Record<string, string>,
  node: string,
  host: SandboxHost,
): SandboxPlan {
  const { security, kind } = request;
  const ids = workerIds(security.runAs, host.accounts);
  const view = viewRequest(request, ids, node, host);
  const namespaces = planNamespaces(security, host);
  const filter = filterOf(security.seccompProfilePath, request.workspace, host);
  const limits = groupLimits(security);
  const ownView = security.namespaces?.mount !== false;
  const words = [
    ...namespaces.words,
    ...['ids', String(ids.uid), String(ids.gid)],
    ...(security.namespaces?.uts === false ? [] : ['hostname', 'ork']),
    ...Object.entries(rlimits(limits, host)).flatMap(([name, value]) => [
      'limit',
      name,
      String(value),
    ]),
    ...(ownView ? planView(view, host.layout).flatMap(entryWords) : []),
    ...(ownView ? scratchFolders(view).flatMap((folder) => ['scratch', folder]) : []),
    ...(filter === undefined ? [] : ['filter', filter]),
    ...variables(env, request, host),
  ];
  return {
    helper: host.native.helper,
    words,
    limits,
    resettable: ownView && view.ownProcesses,
    posture: {
      ...ids,
      namespaces: namespaces.names,
      filters:
        host.inheritedFilters + (filter === undefined ? 0 : 1) + (kind === 'programs' ? 0 : 1),
      noNewPrivileges: true,
      capabilities: '0',
      dumpable: false,
    },
  };
}

/** A plan as the helper reads it. Throws `invalid-argument` for a word that would be two there. */
export function encodePlan(words: string[]): Buffer {
  const broken = words.find((word) => word.includes('\0'));
  if (broken !== undefined) {
    throw new OrkError('invalid-argument', `there is a NUL in ${JSON.stringify(broken)}`);
  }
  return Buffer.from([VERSION, ...words, 'end'].map((word) => `${word}\0`).join(''));
}

/** The words, and the names under which /proc shows them. */
function planNamespaces(
  security: SecurityContext,
  host: SandboxHost,
): { words: string[]; names: string[] } {
  const fresh = NAMESPACES.filter(([name]) => security.namespaces?.[name] !== false);
  const user = userNamespaceOf(security, host);
  return {
    words: [
      ...fresh.flatMap(([, name]) => ['namespace', name]),
      ...['namespace', 'cgroup'],
      ...(user === 'outer' ? ['namespace', 'user'] : []),
      ...(user === 'inner' ? ['inner-user'] : []),
    ],
    names: [
      ...fresh.map(([, , name]) => name),
      'cgroup',
      ...(user === 'none' ? [] : ['user']),
    ].sort(),
  };
}

/** As root, only where it was asked for, and then within what root has set up. */
function userNamespaceOf(security: SecurityContext, host: SandboxHost): 'outer' | 'inner' | 'none' {
  if (hasOuterUserNamespace(host)) return 'outer';
  return security.namespaces?.user === true ? 'inner' : 'none';
}

function viewRequest(
  {
    kind,
    workspace,
    security,
    granted,
    protectedPaths,
    hiddenPaths,
    moduleFolders,
    hostEnvironment,
  }: LaunchRequest,
  ids: Ids,
  node: string,
  host: SandboxHost,
): ViewRequest {
  // Only root can show files under another user.
  const mapped = host.accounts.own.uid === 0;
  const workspaceGrant: GrantedPath = { access: 'write', written: workspace, real: workspace };
  const grants = kind === 'pure' ? [] : resolveGrants([workspaceGrant, ...granted], mapped);
  refuseOwnFolders(grants, ownFolders(hostEnvironment));
  const own = [...host.code, host.programs];
  refuseWithin(grants, own);
  const home = hostEnvironment['HOME'];
  return {
    kind,
    workerIds: ids,
    ...(home !== undefined && isHome(home) ? { home: path.resolve(home) } : {}),
    grants,
    protectedPaths: protectedBelow(grants, [...protectedPaths, ...own]),
    hiddenPaths: visibleBelow(grants, hiddenPaths),
    node,
    seal: host.native.seal,
    code: [
      ...host.code,
      ...(host.compileCache === undefined ? [] : [host.compileCache]),
      ...moduleFolders,
    ].map((folder) => codeFolder(folder, mapped)),
    scratchBytes: Math.floor(memoryOf(security) / SCRATCH_SHARE),
    ownProcesses: security.namespaces?.pid !== false,
  };
}

function isHome(folder: string): boolean {
  return (
    path.isAbsolute(folder) && !/^\/(?:usr|proc|dev|etc|lib|bin|sbin|tmp)?(?:\/|$)/.test(folder)
  );
}

function memoryOf({ resourceLimits }: SecurityContext): number {
  return resourceLimits?.memoryBytes ?? DEFAULT_MEMORY_BYTES;
}

function groupLimits(security: SecurityContext): GroupLimits {
  const { pidsMax = DEFAULT_PIDS, cpuQuotaUs, cpuPeriodUs } = security.resourceLimits ?? {};
  return {
    memoryBytes: memoryOf(security),
    pidsMax,
    ...(cpuQuotaUs !== undefined && {
      cpu: { quotaUs: cpuQuotaUs, periodUs: cpuPeriodUs ?? DEFAULT_CPU_PERIOD_US },
    }),
  };
}

/** In a user namespace of its own, the processes of a user are counted apart. */
function rlimits({ pidsMax }: GroupLimits, host: SandboxHost): Record<string, number> {
  const counted = host.places.parents.pids === undefined && hasOuterUserNamespace(host);
  return { ...FIXED_LIMITS, ...(counted && pidsMax !== undefined && { nproc: pidsMax }) };
}

function variables(
  env: Record<string, string>,
  { kind }: LaunchRequest,
  { native }: SandboxHost,
): string[] {
  const all = {
    ...env,
    LD_PRELOAD: native.seal,
    ORK_SEAL: kind === 'programs' ? 'programs' : 'none',
  };
  return Object.entries(all).flatMap(([name, value]) => ['variable', `${name}=${value}`]);
}

import { type ChildProcess, spawn } from 'node:child_process';
import module from 'node:module';
import path from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { SecurityContext } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';

/** How a worker process is started, decided before anything runs. */
export interface LaunchPlan {
  command: string;
  args: string[];
  /** The whole environment of the worker and of the programs that it starts. */
  env: Record<string, string>;
  cwd: string;
  /** Protections of the default sandbox that are not in force, told in every report. */
  notEnforced: string[];
}

/** A started worker: the process, and the kernel's end of its socket pair. */
export interface LaunchedWorker {
  process: ChildProcess;
  socket: Duplex;
  stderr: Readable;
}

/** What a workload gets that says nothing about its sandbox. */
export const DEFAULT_SECURITY_CONTEXT: SecurityContext = {
  sandbox: 'default',
  filesystem: { read: [], write: [] },
  env: [],
  network: { connect: [], listen: [] },
};

const DEFAULT_ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'TZ'];
const NEVER_EXPOSED = /^(ORK_|COSIGN_|NODE_|LD_|PG)/;
const SOCKET_FD = 3;

/** What a guest's memory may grow to: the default `memory_bytes` of 512 MiB, in pages of 64 KiB. */
const MAX_GUEST_PAGES = 8192;
const WASM_PAGE_BYTES = 65_536;

/**
 * A function of a component is checked when it is first compiled, not all of them when the component is loaded: the
 * engine has thousands, a call uses a few hundred. None runs unchecked.
 */
const CHECK_WHEN_COMPILED = '--wasm-lazy-validation';

const WORKER_ENTRY = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../worker/start.ts' : '../worker/start.js',
    import.meta.url,
  ),
);

/**
 * The plan for one workload's worker. The namespaces, cgroups and the system call filter are not part
 * of this version: the plan says so in `notEnforced` unless the playbook asked for `sandbox: none`.
 */
export function planLaunch(
  context: SecurityContext,
  workspace: string,
  hostEnvironment: NodeJS.ProcessEnv,
): LaunchPlan {
  return {
    command: process.execPath,
    args: [
      `--wasm-max-mem-pages=${MAX_GUEST_PAGES}`,
      CHECK_WHEN_COMPILED,
      WORKER_ENTRY,
      ...compileCacheFolder(),
    ],
    env: visibleEnvironment(context.env, hostEnvironment),
    cwd: workspace,
    notEnforced:
      context.sandbox === 'none' ? [] : ['namespaces', 'cgroups', 'seccomp', 'network isolation'],
  };
}

/** What does hold for a worker that is launched so, and for the host calls of its modules. */
export function enforcementOf(
  { sandbox, filesystem }: SecurityContext,
  plan: LaunchPlan,
): JsonObject {
  return {
    sandbox,
    environment: Object.keys(plan.env),
    workspace: plan.cwd,
    read: filesystem.read,
    write: filesystem.write,
    guest_memory_bytes: MAX_GUEST_PAGES * WASM_PAGE_BYTES,
  };
}

/**
 * Starts the worker, with `marker` added to its environment. It leads a session of its own, so that the terminal's
 * Ctrl-C reaches only the kernel. Throws `resource-exhausted` when there are no descriptors left.
 */
export function launch(plan: LaunchPlan, marker: Record<string, string>): LaunchedWorker {
  const child = spawn(plan.command, plan.args, {
    cwd: plan.cwd,
    env: { ...plan.env, ...marker },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // Without descriptors for its pipes there is no child, and the types do not say so.
  const stdio = child.stdio as ChildProcess['stdio'] | undefined;
  if (stdio === undefined) {
    child.once('error', () => {});
    throw new OrkError(
      'resource-exhausted',
      'the worker could not be started: too many open files',
      {
        reason: 'worker.not-started',
        hint: 'raise the limit (ulimit -n), or lower --max-parallel',
      },
    );
  }
  return {
    process: child,
    socket: stdio[SOCKET_FD] as Duplex,
    stderr: child.stderr as Readable,
  };
}

/** The folder that this process keeps its compiled code in, for the worker to share. */
function compileCacheFolder(): string[] {
  const folder = module.getCompileCacheDir();
  return folder === undefined ? [] : [path.dirname(folder)];
}

function visibleEnvironment(
  granted: string[],
  hostEnvironment: NodeJS.ProcessEnv,
): Record<string, string> {
  const visible: Record<string, string> = {};
  for (const name of [...DEFAULT_ENVIRONMENT, ...granted]) {
    const value = hostEnvironment[name];
    if (value !== undefined && !NEVER_EXPOSED.test(name)) visible[name] = value;
  }
  return visible;
}

import { realpathSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SecurityContext } from '../playbook/model.ts';
import type { JsonObject } from '../types/json.ts';
import { DEFAULT_MEMORY_BYTES, missingProtections } from './demands.ts';
import type { SandboxHost } from './host.ts';
import { type LaunchRequest, planSandbox, type SandboxPlan } from './sandbox-plan.ts';

/** How a worker process is started, decided before anything runs. */
export interface LaunchPlan {
  /** The same for plans that a worker may be shared between. */
  key: string;
  command: string;
  args: string[];
  /** The whole environment of the worker and of the programs that it starts. */
  env: Record<string, string>;
  cwd: string;
  /** Undefined with `sandbox: none`. */
  sandbox?: SandboxPlan;
  /** Protections of the default sandbox that are not in force, told in every report. */
  notEnforced: string[];
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

/** What a guest's memory may grow to by default, in pages of 64 KiB; a lower limit is the control group's to keep. */
const WASM_PAGE_BYTES = 65_536;
const DEFAULT_GUEST_PAGES = DEFAULT_MEMORY_BYTES / WASM_PAGE_BYTES;

const MEBIBYTE = 1024 * 1024;

/**
 * A function of a component is checked when it is first compiled, not all of them when the component is loaded: the
 * engine has thousands, a call uses a few hundred. None runs unchecked.
 */
const CHECK_WHEN_COMPILED = '--wasm-lazy-validation';

/** Flags that compiled code depends on: what is kept for other ones is not used. */
export const CODE_FLAGS = [`--wasm-max-mem-pages=${DEFAULT_GUEST_PAGES}`, CHECK_WHEN_COMPILED];

const WORKER_ENTRY = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../worker/start.ts' : '../worker/start.js',
    import.meta.url,
  ),
);

/**
 * The plan for one workload's worker; without a host it has no sandbox. Throws what resolving grants and identities
 * throws: `failed-precondition`, `denied`, `not-found`, `invalid-argument`.
 */
export function planLaunch(request: LaunchRequest, host: SandboxHost | undefined): LaunchPlan {
  const { security, workspace, hostEnvironment } = request;
  const env = visibleEnvironment(security.env, hostEnvironment);
  const notEnforced = missingProtections(security, host);
  const command = process.execPath;
  if (host === undefined) {
    const args = [...nodeFlags(security), WORKER_ENTRY, ...ownCompileCache()];
    return withKey({ command, args, env, cwd: workspace, notEnforced });
  }
  const node = realpathSync(command);
  const sandbox = planSandbox(request, env, node, host);
  const cache = host.compileCache === undefined ? [] : [host.compileCache];
  return withKey({
    command: node,
    args: [...nodeFlags(security), WORKER_ENTRY, ...cache],
    env,
    cwd: request.kind === 'pure' ? '/' : workspace,
    sandbox,
    notEnforced,
  });
}

function withKey(plan: Omit<LaunchPlan, 'key'>): LaunchPlan {
  const { command, args, env, cwd, sandbox } = plan;
  const wrapped = sandbox === undefined ? null : [sandbox.words, sandbox.limits];
  return { ...plan, key: JSON.stringify([command, args, env, cwd, wrapped]) };
}

/** What holds for the host calls of the modules in a worker, beside what the operating system enforces. */
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
    guest_memory_bytes: guestPages(plan) * WASM_PAGE_BYTES,
  };
}

function guestPages({ args }: LaunchPlan): number {
  return Number(/=(\d+)$/.exec(args[0] ?? '')?.[1] ?? DEFAULT_GUEST_PAGES);
}

function nodeFlags({ resourceLimits }: SecurityContext): string[] {
  const memory = resourceLimits?.memoryBytes ?? DEFAULT_MEMORY_BYTES;
  const pages = Math.max(DEFAULT_GUEST_PAGES, Math.floor(memory / WASM_PAGE_BYTES));
  return [
    `--wasm-max-mem-pages=${pages}`,
    CHECK_WHEN_COMPILED,
    // V8 cannot see the limit of the control group, and would rather grow than collect.
    `--max-old-space-size=${Math.max(64, Math.floor((memory * 3) / 4 / MEBIBYTE))}`,
    '--disable-sigusr1',
  ];
}

/** The folder that this process keeps its compiled code in, for a worker of the same user to share. */
function ownCompileCache(): string[] {
  const folder = module.getCompileCacheDir();
  return folder === undefined ? [] : [path.dirname(folder), 'keep'];
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

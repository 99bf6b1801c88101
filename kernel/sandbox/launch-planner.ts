import path from 'node:path';
import type { SecurityContext } from '../playbook/model.ts';
import { missingProtections, refuseUnenforceable } from './demands.ts';
import { prepareFilter } from './filters.ts';
import { type GrantedPath, refuseLeadingOut } from './grants.ts';
import { type SandboxHost, sandboxHost } from './host.ts';
import { type LaunchPlan, planLaunch } from './launch-plan.ts';
import type { WorkerKind } from './worker-kind.ts';

export interface LaunchSurroundings {
  /** Absolute. */
  workspace: string;
  /** Where components lie. */
  moduleFolders: string[];
  hostEnvironment: NodeJS.ProcessEnv;
  /** `none`: workloads that say nothing of their sandbox run without one. */
  sandbox?: 'none';
}

/** In every workspace, where they are: what a later run or a later `git` would believe. */
const ALWAYS_PROTECTED = ['.git', 'ork_modules'];

/** Plans the launches of one run. */
export class LaunchPlanner {
  readonly #surroundings: LaunchSurroundings;
  readonly #protected: Set<string>;
  /** What workloads of the run could write until now. */
  readonly #writable: Set<string>;
  readonly #hidden = new Set<string>();
  readonly #known = new Map<string, LaunchPlan>();

  constructor(surroundings: LaunchSurroundings) {
    this.#surroundings = surroundings;
    const { workspace } = surroundings;
    this.#writable = new Set([workspace]);
    this.#protected = new Set(ALWAYS_PROTECTED.map((name) => path.join(workspace, name)));
  }

  /** Files that workloads may not change, wherever they may write: the playbooks of the run. */
  protect(files: Iterable<string>): void {
    for (const file of files) this.#protected.add(file);
    this.#known.clear();
  }

  /** Files whose content no workload sees, wherever it may read. */
  hide(files: Iterable<string>): void {
    for (const file of files) this.#hidden.add(file);
    this.#known.clear();
  }

  /**
   * The plan for a worker of this kind. Throws `failed-precondition` for what was written and cannot be enforced here,
   * or where there can be no sandbox at all, and what `planLaunch` throws.
   */
  plan(
    written: SecurityContext,
    kind: WorkerKind,
    granted: readonly GrantedPath[] = [],
  ): LaunchPlan {
    const { workspace, moduleFolders, hostEnvironment } = this.#surroundings;
    const security = this.#effective(written);
    const key = JSON.stringify([security, kind]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const host = hostFor(security);
    refuseUnenforceable(security, workspace, host);
    const protectedPaths = [...this.#protected];
    const hiddenPaths = [...this.#hidden];
    if (kind !== 'pure') this.#admit(granted);
    const request = { security, granted, kind, workspace, moduleFolders, hostEnvironment };
    const plan = planLaunch({ ...request, protectedPaths, hiddenPaths }, host);
    if (isLasting(security)) this.#known.set(key, plan);
    return plan;
  }

  /** From then on, what lies below what they may write is theirs to change. */
  #admit(granted: readonly GrantedPath[]): void {
    refuseLeadingOut(granted, this.#writable);
    for (const { access, real } of granted) if (access === 'write') this.#writable.add(real);
  }

  /** Reads what the plan of a workload needs from files. Rejects as reading its seccomp profile does. */
  async prepare(written: SecurityContext): Promise<void> {
    const security = this.#effective(written);
    const host = hostFor(security);
    if (host === undefined) return;
    const { workspace } = this.#surroundings;
    const { seccompProfilePath: profile } = security;
    await prepareFilter(profile, workspace, host);
    if (profile !== undefined) this.protect([path.resolve(workspace, profile)]);
  }

  /** Protections of the default sandbox that a workload does without here. */
  missing(written: SecurityContext): string[] {
    const security = this.#effective(written);
    try {
      return missingProtections(security, hostFor(security));
    } catch {
      // Nothing has run then: each workload has told why.
      return [];
    }
  }

  #effective(security: SecurityContext): SecurityContext {
    const { sandbox } = this.#surroundings;
    return sandbox === 'none' && security.sandbox === 'default'
      ? { ...security, sandbox }
      : security;
  }
}

function hostFor({ sandbox }: SecurityContext): SandboxHost | undefined {
  return sandbox === 'none' ? undefined : sandboxHost();
}

/** What a granted path leads to may be another thing for the next workload. */
function isLasting({ filesystem, seccompProfilePath }: SecurityContext): boolean {
  return (
    filesystem.read.length === 0 &&
    filesystem.write.length === 0 &&
    seccompProfilePath === undefined
  );
}

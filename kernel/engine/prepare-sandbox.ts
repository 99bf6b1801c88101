import path from 'node:path';
import { excessOf, excessToText, settleBelow } from '../playbook/containment.ts';
import { refusedGrant } from '../playbook/grants.ts';
import type { SecurityContext, Workload } from '../playbook/model.ts';
import type { GrantedPath } from '../sandbox/grants.ts';
import type { LaunchPlan } from '../sandbox/launch-plan.ts';
import type { LaunchPlanner } from '../sandbox/launch-planner.ts';
import { kindOf } from '../sandbox/worker-kind.ts';
import { OrkError } from '../types/errors.ts';
import { realExisting } from '../types/existing-path.ts';
import type { Json } from '../types/json.ts';
import type { Renderer } from './run-scope.ts';

/** A workload's security_context with its templates rendered, and what follows from it. */
export interface PreparedSandbox {
  security: SecurityContext;
  /** The same with what its paths led to: the most that a playbook may have that the workload calls. */
  ceiling: SecurityContext;
  launch: LaunchPlan;
}

interface Surroundings {
  workspace: string;
  launches: LaunchPlanner;
  /** Of what the worker is to run. */
  capabilities: readonly string[];
  /** Of a run inside a run: what the calling workload may do. */
  ceiling?: SecurityContext;
}

/**
 * Rejects with `failed-precondition` for what was written and cannot be enforced: never a silent downgrade. Rejects
 * with `denied` for what no workload gets, and for what the calling workload may not do itself.
 */
export async function prepareSandbox(
  workload: Workload,
  renderer: Renderer,
  { workspace, launches, capabilities, ceiling }: Surroundings,
): Promise<PreparedSandbox> {
  // Rendering keeps the shape: its templates stand in lists of text.
  const rendered = await renderer.render(workload.securityContext as unknown as Json);
  const asked = rendered as unknown as SecurityContext;
  const security = ceiling === undefined ? asked : settleBelow(asked, ceiling);
  // Once: what is judged is what is granted, whatever the paths lead to later.
  const resolved = await resolveLinks(security, workspace);
  refuseGrants(workload, asked, resolved);
  if (ceiling !== undefined) await keepBelow(resolved, ceiling, workspace);
  await launches.prepare(security);
  const granted = grantedPaths(security, resolved, workspace);
  const launch = launches.plan(security, kindOf(capabilities), granted);
  return { security, ceiling: resolved, launch };
}

/** Validation could judge neither what templates yield nor what links lead to. */
function refuseGrants({ name }: Workload, asked: SecurityContext, resolved: SecurityContext): void {
  const grant = refusedGrant(asked) ?? refusedGrant(resolved);
  if (grant === undefined) return;
  const message = `'${grant}' cannot be granted to '${name}': no workload gets it, or there is no such address`;
  throw new OrkError('denied', message, {
    reason: 'sandbox.grant-refused',
    hint: 'see what the templates of its security_context yield, and where links lead',
  });
}

/** Validation has compared what it could: without what templates yield, and without what links lead to. */
async function keepBelow(
  resolved: SecurityContext,
  ceiling: SecurityContext,
  workspace: string,
): Promise<void> {
  const excess = excessOf(
    resolved,
    await resolveLinks(ceiling, workspace),
    await realExisting(workspace),
  );
  if (excess.length === 0) return;
  const message = `it asks for more than the workload that calls it has: ${excessToText(excess)}`;
  throw new OrkError('denied', message, {
    reason: 'playbook.grants-exceed-parent',
    hint: 'grant it in the security_context of the calling workload too',
  });
}

/** The grants under the names that were written, with what was judged. */
function grantedPaths(
  { filesystem: written }: SecurityContext,
  { filesystem: real }: SecurityContext,
  workspace: string,
): GrantedPath[] {
  const pairs = (access: GrantedPath['access']): GrantedPath[] =>
    written[access].map((entry, index) => ({
      access,
      written: path.resolve(workspace, entry),
      real: real[access][index] as string,
    }));
  return [...pairs('write'), ...pairs('read')];
}

async function resolveLinks(context: SecurityContext, workspace: string): Promise<SecurityContext> {
  const resolve = (paths: string[]): Promise<string[]> =>
    Promise.all(paths.map((entry) => realExisting(path.resolve(workspace, entry))));
  const { read, write } = context.filesystem;
  return { ...context, filesystem: { read: await resolve(read), write: await resolve(write) } };
}

import path from 'node:path';
import { excessOf, excessToText, settleBelow } from '../playbook/containment.ts';
import { refusedGrant } from '../playbook/grants.ts';
import type { SecurityContext, Workload } from '../playbook/model.ts';
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
  await refuseGrants(workload, asked, workspace);
  const security = ceiling === undefined ? asked : await keepBelow(asked, ceiling, workspace);
  await launches.prepare(security);
  return { security, launch: launches.plan(security, kindOf(capabilities)) };
}

/** Validation could judge neither what templates yield nor what links lead to. */
async function refuseGrants(
  { name }: Workload,
  asked: SecurityContext,
  workspace: string,
): Promise<void> {
  const grant = refusedGrant(asked) ?? refusedGrant(await resolveLinks(asked, workspace));
  if (grant === undefined) return;
  const message = `'${grant}' cannot be granted to '${name}': no workload gets it, or there is no such address`;
  throw new OrkError('denied', message, {
    reason: 'sandbox.grant-refused',
    hint: 'see what the templates of its security_context yield, and where links lead',
  });
}

/** Validation has compared what it could: without what templates yield, and without what links lead to. */
async function keepBelow(
  asked: SecurityContext,
  ceiling: SecurityContext,
  workspace: string,
): Promise<SecurityContext> {
  const real = await resolveLinks(settleBelow(asked, ceiling), workspace);
  const excess = excessOf(
    real,
    await resolveLinks(ceiling, workspace),
    await realExisting(workspace),
  );
  if (excess.length === 0) return real;
  const message = `it asks for more than the workload that calls it has: ${excessToText(excess)}`;
  throw new OrkError('denied', message, {
    reason: 'playbook.grants-exceed-parent',
    hint: 'grant it in the security_context of the calling workload too',
  });
}

async function resolveLinks(context: SecurityContext, workspace: string): Promise<SecurityContext> {
  const resolve = (paths: string[]): Promise<string[]> =>
    Promise.all(paths.map((entry) => realExisting(path.resolve(workspace, entry))));
  const { read, write } = context.filesystem;
  return { ...context, filesystem: { read: await resolve(read), write: await resolve(write) } };
}

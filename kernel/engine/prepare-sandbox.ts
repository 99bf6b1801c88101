import type { SecurityContext, Workload } from '../playbook/model.ts';
import { unenforceable } from '../sandbox/demands.ts';
import { type LaunchPlan, planLaunch } from '../sandbox/launch.ts';
import type { Json } from '../types/json.ts';
import type { Renderer } from './run-scope.ts';

/** A workload's security_context with its templates rendered, and what follows from it. */
export interface PreparedSandbox {
  security: SecurityContext;
  launch: LaunchPlan;
}

/** Rejects with `failed-precondition` for what was written and cannot be enforced: never a silent downgrade. */
export async function prepareSandbox(
  workload: Workload,
  renderer: Renderer,
  { workspace, hostEnvironment }: { workspace: string; hostEnvironment: NodeJS.ProcessEnv },
): Promise<PreparedSandbox> {
  // Rendering keeps the shape: its templates stand in lists of text.
  const rendered = await renderer.render(workload.securityContext as unknown as Json);
  const security = rendered as unknown as SecurityContext;
  const refusal = unenforceable(security);
  if (refusal !== undefined) throw refusal;
  return { security, launch: planLaunch(security, workspace, hostEnvironment) };
}

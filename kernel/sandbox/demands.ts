import { statfsSync } from 'node:fs';
import type { ResourceLimits, SecurityContext } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { Controller } from './cgroups/hierarchy.ts';
import type { SandboxHost } from './host.ts';

/** What holds where a playbook writes no limit; of the others there is none. */
export const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;
export const DEFAULT_PIDS = 256;

const CONTROLLER_OF: Partial<Record<keyof ResourceLimits, Controller>> = {
  memoryBytes: 'memory',
  cpuQuotaUs: 'cpu',
  cpuPeriodUs: 'cpu',
};

/**
 * Refuses what a playbook has written about its sandbox and this host cannot keep, with `failed-precondition`: never a
 * silent downgrade.
 */
export function refuseUnenforceable(
  context: SecurityContext,
  workspace: string,
  host: SandboxHost | undefined,
): void {
  const demands =
    host === undefined ? demandsWithoutSandbox(context) : demandsOf(context, workspace, host);
  if (demands.length === 0) return;
  const where = host === undefined ? 'without a sandbox' : 'on this host';
  const message = `what security_context asks for cannot be enforced ${where}: ${demands.join(', ')}`;
  throw new OrkError('failed-precondition', message, {
    reason: 'sandbox.not-enforceable',
    hint: 'leave it out to run with what can be enforced; reports say what is not',
  });
}

/** The protections of the default sandbox that are not in force, for every report. */
export function missingProtections(
  context: SecurityContext,
  host: SandboxHost | undefined,
): string[] {
  if (host === undefined || context.sandbox === 'none') return ['sandbox'];
  return [
    ...(host.places.parents.memory === undefined ? ['memory limit'] : []),
    ...(hasProcessLimit(host) ? [] : ['process limit']),
  ];
}

/** By a control group, or by the limit of a user in a user namespace of its own. */
function hasProcessLimit(host: SandboxHost): boolean {
  return host.places.parents.pids !== undefined || hasOuterUserNamespace(host);
}

/** An ordinary user gets the other namespaces only with one. */
export function hasOuterUserNamespace({ accounts }: SandboxHost): boolean {
  return accounts.own.uid !== 0;
}

function demandsOf(context: SecurityContext, workspace: string, host: SandboxHost): string[] {
  const { resourceLimits = {}, namespaces = {} } = context;
  const missing = Object.entries(CONTROLLER_OF).filter(
    ([limit, controller]) =>
      resourceLimits[limit as keyof ResourceLimits] !== undefined &&
      host.places.parents[controller] === undefined,
  );
  return [
    ...new Set(missing.map(([, controller]) => `a limit of ${controller}`)),
    ...(resourceLimits.pidsMax === undefined || hasProcessLimit(host) ? [] : ['a limit of pids']),
    ...(isBounded(workspace, resourceLimits.workspaceBytes) ? [] : ['workspace_bytes']),
    ...(namespaces.user === false && hasOuterUserNamespace(host) ? ['namespaces.user: false'] : []),
  ];
}

/** Only by the size of a file system that the workspace has to itself: nothing else counts all that is in a folder. */
function isBounded(workspace: string, limit: number | undefined): boolean {
  if (limit === undefined) return true;
  const { bsize, blocks } = statfsSync(workspace);
  return bsize * blocks <= limit;
}

function demandsWithoutSandbox(context: SecurityContext): string[] {
  const { seccompProfilePath, resourceLimits = {}, namespaces = {}, runAs } = context;
  const fresh = Object.entries(namespaces)
    .filter(([, wanted]) => wanted !== false)
    .map(([name]) => `namespaces.${name}`);
  return [
    ...(seccompProfilePath === undefined || seccompProfilePath === 'unconfined'
      ? []
      : ['seccomp_profile_path']),
    ...(Object.keys(resourceLimits).length === 0 ? [] : ['resource_limits']),
    ...fresh,
    ...(runAs === undefined ? [] : ['run_as']),
  ];
}

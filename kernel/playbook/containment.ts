import path from 'node:path';
import { isInside } from '../types/path-inside.ts';
import { coversEndpoint } from './endpoint.ts';
import type { ResourceLimits, SecurityContext } from './model.ts';

/** One thing that a security_context asks for and its ceiling does not have. */
export interface Excess {
  /** As it is written in a playbook: `filesystem.write`. */
  field: string;
  /** What was asked for, as text. */
  asked: string;
}

/** What a workload sees of the environment without a grant. */
const FREE_VARIABLES = ['PATH', 'HOME', 'LANG', 'TZ'];

/** What holds where a playbook writes no limit; the others have none. */
const DEFAULT_LIMITS: ResourceLimits = { memoryBytes: 512 * 1024 * 1024, pidsMax: 256 };

/**
 * A context as it holds below a ceiling: what it does not say itself and the ceiling has made stricter than the
 * default, it takes from there. Lists are not taken over: what is to be reached has to be written out.
 */
export function settleBelow(context: SecurityContext, ceiling: SecurityContext): SecurityContext {
  const { seccompProfilePath: profile = ceilingProfile(ceiling), runAs = ceiling.runAs } = context;
  const limits = { ...ceiling.resourceLimits, ...context.resourceLimits };
  const required = context.sandbox === 'default' && ceiling.sandbox === 'required';
  return {
    ...context,
    ...(required ? { sandbox: 'required' as const } : {}),
    ...(profile === undefined ? {} : { seccompProfilePath: profile }),
    ...(Object.keys(limits).length === 0 ? {} : { resourceLimits: limits }),
    ...(runAs === undefined ? {} : { runAs }),
  };
}

function ceilingProfile({ seccompProfilePath }: SecurityContext): string | undefined {
  return seccompProfilePath === 'unconfined' ? undefined : seccompProfilePath;
}

/**
 * What a context asks for beyond its ceiling; empty when it is within. Both must be rendered: a `{{` is taken for
 * text. Paths are compared as they are written, from `workspace` (absolute) on: where links count, resolve them first.
 */
export function excessOf(
  context: SecurityContext,
  ceiling: SecurityContext,
  workspace: string,
): Excess[] {
  return [
    ...sandboxExcess(context, ceiling),
    ...fileExcess(context, ceiling, workspace),
    ...list('env', context.env, (name) => [...FREE_VARIABLES, ...ceiling.env].includes(name)),
    ...networkExcess(context, ceiling),
    ...limitExcess(context.resourceLimits ?? {}, ceiling.resourceLimits ?? {}),
  ];
}

/** `filesystem.write /srv/out, env TOKEN` */
export function excessToText(excess: Excess[]): string {
  return excess.map(({ field, asked }) => `${field} ${asked}`).join(', ');
}

function sandboxExcess(context: SecurityContext, ceiling: SecurityContext): Excess[] {
  const excess: Excess[] = [];
  const ask = (field: string, asked: string | number): void => {
    excess.push({ field, asked: String(asked) });
  };
  if (context.sandbox === 'none' && ceiling.sandbox !== 'none') ask('sandbox', 'none');
  const { seccompProfilePath: profile, runAs } = context;
  if (profile !== undefined && !allowsProfile(ceiling.seccompProfilePath, profile)) {
    ask('seccomp_profile_path', profile);
  }
  for (const [name, fresh] of Object.entries(context.namespaces ?? {})) {
    const shared = ceiling.namespaces?.[name as keyof typeof ceiling.namespaces] === false;
    if (fresh === false && !shared) ask(`namespaces.${name}`, 'false');
  }
  if (runAs !== undefined && runAs !== 'auto' && runAs !== ceiling.runAs) ask('run_as', runAs);
  return excess;
}

/** Nothing is known of what a profile in a file allows: it is only within itself and `unconfined`. */
function allowsProfile(ceiling = 'default', profile: string): boolean {
  return ceiling === 'unconfined' || ceiling === profile;
}

function fileExcess(
  { filesystem }: SecurityContext,
  { filesystem: granted }: SecurityContext,
  workspace: string,
): Excess[] {
  const writable = [workspace, ...granted.write];
  const within = (roots: string[]) => (asked: string) =>
    roots.some((root) => isInside(path.resolve(workspace, asked), path.resolve(workspace, root)));
  return [
    ...list('filesystem.read', filesystem.read, within([...writable, ...granted.read])),
    ...list('filesystem.write', filesystem.write, within(writable)),
  ];
}

function networkExcess({ network }: SecurityContext, ceiling: SecurityContext): Excess[] {
  // The network of the host is out of anybody's control.
  if (ceiling.sandbox === 'none' || ceiling.namespaces?.net === false) return [];
  const within = (granted: string[]) => (asked: string) =>
    granted.some((endpoint) => coversEndpoint(endpoint, asked));
  return [
    ...list('network.connect', network.connect, within(ceiling.network.connect)),
    ...list('network.listen', network.listen, within(ceiling.network.listen)),
  ];
}

function limitExcess(asked: ResourceLimits, ceiling: ResourceLimits): Excess[] {
  const limits = { ...DEFAULT_LIMITS, ...ceiling };
  const beyond = (field: string, key: 'memoryBytes' | 'pidsMax' | 'workspaceBytes'): Excess[] => {
    const [value, limit] = [asked[key], limits[key]];
    return value === undefined || limit === undefined || value <= limit
      ? []
      : [{ field: `resource_limits.${field}`, asked: String(value) }];
  };
  return [
    ...beyond('memory_bytes', 'memoryBytes'),
    ...beyond('pids_max', 'pidsMax'),
    ...beyond('workspace_bytes', 'workspaceBytes'),
    ...cpuExcess(asked, ceiling),
  ];
}

/** How much of a processor: the quota alone says nothing. */
function cpuExcess(asked: ResourceLimits, ceiling: ResourceLimits): Excess[] {
  if (asked.cpuQuotaUs === undefined && asked.cpuPeriodUs === undefined) return [];
  if (cpuShare({ ...ceiling, ...asked }) <= cpuShare(ceiling)) return [];
  const { cpuQuotaUs: quota, cpuPeriodUs: period } = asked;
  return quota === undefined
    ? [{ field: 'resource_limits.cpu_period_us', asked: String(period) }]
    : [{ field: 'resource_limits.cpu_quota_us', asked: String(quota) }];
}

function cpuShare({ cpuQuotaUs, cpuPeriodUs = 100_000 }: ResourceLimits): number {
  return cpuQuotaUs === undefined ? Number.POSITIVE_INFINITY : cpuQuotaUs / cpuPeriodUs;
}

function list(field: string, entries: string[], allowed: (entry: string) => boolean): Excess[] {
  return entries.filter((entry) => !allowed(entry)).map((asked) => ({ field, asked }));
}

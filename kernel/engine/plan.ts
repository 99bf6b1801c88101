import type { Edge, Graph, WorkloadName } from '../playbook/model.ts';
import type { SkipCause, WorkloadStates } from './workload-states.ts';

export interface PlanInput {
  graph: Graph;
  states: WorkloadStates;
  /** Workloads that run after all the others, whatever became of those. */
  finals: ReadonlySet<WorkloadName>;
  /** How many groups may run at once. */
  maxParallel: number;
  /**
   * `stopping`: the run was interrupted, has timed out, or failed fast: nothing new starts but what runs finally.
   * `ending`: not even that.
   */
  phase: 'running' | 'stopping' | 'ending';
}

/** Why a workload may start. */
export type StartReason = 'dependencies satisfied' | 'failure handler' | 'finally';

export type Action =
  /** Start these workloads together: they are joined by streams, or one alone. */
  | { kind: 'start'; members: WorkloadName[]; reason: StartReason }
  | { kind: 'skip'; workload: WorkloadName; upstream: WorkloadName; cause: 'upstream' | 'dry-run' }
  | { kind: 'cancel'; workload: WorkloadName }
  /** Nothing but services is left: they have served their purpose. */
  | { kind: 'stop-service'; workload: WorkloadName };

type Verdict =
  | { kind: 'ready' }
  | { kind: 'wait' }
  | { kind: 'blocked'; upstream: WorkloadName; cause: 'upstream' | 'dry-run' };

/**
 * What to do next. The same input always gives the same actions, in the order of the playbook; once
 * they are carried out, and whenever a workload has changed its state, ask again. A finished run has none.
 */
export function plan(input: PlanInput): Action[] {
  const { states, finals, phase } = input;
  for (const stage of ['main', 'finally'] as const) {
    const isOf = (name: WorkloadName): boolean => finals.has(name) === (stage === 'finally');
    const stopping = phase === 'ending' || (phase === 'stopping' && stage === 'main');
    const actions = stopping ? cancelPending(isOf, input) : advance(isOf, input);
    if (actions.length > 0) return actions;
    if (some(states.open, isOf)) return [];
  }
  return [];
}

/** True when every workload has come to its end. */
export function isFinished(states: WorkloadStates): boolean {
  return states.open.size === 0;
}

/** Whether a workload belongs to the stage that is planned: what runs finally comes after all the others. */
type Stage = (workload: WorkloadName) => boolean;

function advance(isOf: Stage, input: PlanInput): Action[] {
  const skips = input.states.hasBlocker ? skipBlocked(isOf, input) : [];
  // Skips change what others may do: they come first, alone.
  if (skips.length > 0) return skips;
  const starts = startReadyGroups(isOf, input);
  return starts.length > 0 ? starts : stopIdleServices(isOf, input);
}

function cancelPending(isOf: Stage, { states }: PlanInput): Action[] {
  return [...states.pending].filter(isOf).map((workload) => ({ kind: 'cancel', workload }));
}

function skipBlocked(isOf: Stage, input: PlanInput): Action[] {
  return [...input.states.pending]
    .filter(isOf)
    .flatMap((workload) => skipIfBlocked(workload, input));
}

function skipIfBlocked(workload: WorkloadName, input: PlanInput): Action[] {
  for (const edge of edgesInto(workload, input.graph)) {
    const verdict = judge(edge, input);
    if (verdict.kind !== 'blocked') continue;
    const { upstream, cause } = verdict;
    return [{ kind: 'skip', workload, upstream, cause }];
  }
  return [];
}

/** In the order of the playbook, as many as there are slots; looks no further than those. */
function startReadyGroups(isOf: Stage, input: PlanInput): Action[] {
  const { graph, states, maxParallel } = input;
  const running = new Set([...states.running].map((name) => groupOf(name, graph)));
  const starts: Action[] = [];
  const seen = new Set<WorkloadName>();
  for (const name of states.pending) {
    if (running.size + starts.length >= maxParallel) break;
    if (seen.has(name) || !isOf(name)) continue;
    const members = groupOf(name, graph).filter((one) => states.pending.has(one) && isOf(one));
    for (const member of members) seen.add(member);
    if (!isReady(members, input)) continue;
    starts.push({ kind: 'start', members, reason: reasonFor(members, input) });
  }
  return starts;
}

function stopIdleServices(isOf: Stage, { states }: PlanInput): Action[] {
  const isBusy = (name: WorkloadName): boolean => states.get(name)?.status !== 'Ready';
  if (some(states.open, (name) => isOf(name) && isBusy(name))) return [];
  return [...states.open].filter(isOf).map((workload) => ({ kind: 'stop-service', workload }));
}

function some(names: Iterable<WorkloadName>, test: (name: WorkloadName) => boolean): boolean {
  for (const name of names) if (test(name)) return true;
  return false;
}

function reasonFor(members: WorkloadName[], { graph, finals }: PlanInput): StartReason {
  if (members.some((name) => finals.has(name))) return 'finally';
  return members.some((name) => graph.handlers.has(name))
    ? 'failure handler'
    : 'dependencies satisfied';
}

function isReady(members: WorkloadName[], input: PlanInput): boolean {
  const together = new Set(members);
  return members.every((member) =>
    edgesInto(member, input.graph).every(
      (edge) => together.has(edge.from) || judge(edge, input).kind === 'ready',
    ),
  );
}

function judge(edge: Edge, input: PlanInput): Verdict {
  const upstream = input.states.get(edge.from);
  switch (upstream?.status) {
    case 'Completed':
    case 'Ready':
    case 'Stopping':
      return { kind: 'ready' };
    case 'Failed':
      return upstream.ignored ? { kind: 'ready' } : blockedUnlessFree(edge, input);
    case 'Skipped':
      return judgeSkipped(edge, upstream.by, input);
    case 'Canceled':
      return blockedUnlessFree(edge, input);
    default:
      return { kind: 'wait' };
  }
}

function judgeSkipped(edge: Edge, by: SkipCause, input: PlanInput): Verdict {
  if (by === 'when' || by === 'selection') return { kind: 'ready' };
  if (by === 'upstream') return blockedUnlessFree(edge, input);
  // What a dry run did not do has no result and no records; its order still holds.
  if (edge.kind === 'order') return { kind: 'ready' };
  return { kind: 'blocked', upstream: edge.from, cause: 'dry-run' };
}

/**
 * A failure handler only needs its upstream to have ended: its `when` decides. What runs finally needs no more of
 * those that it comes after.
 */
function blockedUnlessFree(edge: Edge, { graph, finals }: PlanInput): Verdict {
  if (graph.handlers.get(edge.to)?.has(edge.from)) return { kind: 'ready' };
  if (finals.has(edge.to) && !finals.has(edge.from)) return { kind: 'ready' };
  return { kind: 'blocked', upstream: edge.from, cause: 'upstream' };
}

interface GraphIndex {
  incoming: Map<WorkloadName, Edge[]>;
  groups: Map<WorkloadName, WorkloadName[]>;
}

const indexes = new WeakMap<Graph, GraphIndex>();

function indexOf(graph: Graph): GraphIndex {
  const known = indexes.get(graph);
  if (known !== undefined) return known;
  const index: GraphIndex = {
    incoming: Map.groupBy(graph.edges, (edge) => edge.to),
    groups: new Map(graph.groups.flatMap((group) => group.map((name) => [name, group] as const))),
  };
  indexes.set(graph, index);
  return index;
}

function edgesInto(workload: WorkloadName, graph: Graph): Edge[] {
  return indexOf(graph).incoming.get(workload) ?? [];
}

/** The workloads that start together with this one, itself among them. */
function groupOf(workload: WorkloadName, graph: Graph): WorkloadName[] {
  return indexOf(graph).groups.get(workload) ?? [];
}

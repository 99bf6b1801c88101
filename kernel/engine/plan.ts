import type { Edge, Graph, WorkloadName } from '../playbook/model.ts';

/**
 * What the plan knows of a workload. `Ready` is a service that goes on while its dependents run. A workload is skipped
 * by its own `when`, by an upstream that failed, by not being selected, or because a dry run cannot know its result.
 */
export type WorkloadState =
  | { status: 'Pending' }
  | { status: 'Running' }
  | { status: 'Ready' }
  | { status: 'Stopping' }
  | { status: 'Completed' }
  | { status: 'Failed'; ignored: boolean }
  | { status: 'Skipped'; by: SkipCause }
  | { status: 'Canceled' };

export type SkipCause = 'when' | 'upstream' | 'selection' | 'dry-run';

export type WorkloadStates = ReadonlyMap<WorkloadName, WorkloadState>;

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
  const { graph, finals, phase } = input;
  const stages = [graph.nodes.filter((name) => !finals.has(name)), [...finals]];
  for (const [index, stage] of stages.entries()) {
    const stopping = phase === 'ending' || (phase === 'stopping' && index === 0);
    const actions = stopping ? cancelPending(stage, input) : advance(stage, input);
    if (actions.length > 0) return actions;
    if (!stage.every((name) => hasEnded(name, input.states))) return [];
  }
  return [];
}

/** True when every workload has come to its end. */
export function isFinished(states: WorkloadStates): boolean {
  return [...states.keys()].every((name) => hasEnded(name, states));
}

function hasEnded(workload: WorkloadName, states: WorkloadStates): boolean {
  const status = states.get(workload)?.status;
  return (
    status === 'Completed' || status === 'Failed' || status === 'Skipped' || status === 'Canceled'
  );
}

function advance(stage: WorkloadName[], input: PlanInput): Action[] {
  const skips = stage.flatMap((workload) => skipIfBlocked(workload, input));
  // Skips change what others may do: they come first, alone.
  if (skips.length > 0) return skips;
  const starts = startReadyGroups(new Set(stage), input);
  return starts.length > 0 ? starts : stopIdleServices(stage, input);
}

function cancelPending(stage: WorkloadName[], { states }: PlanInput): Action[] {
  return stage
    .filter((workload) => isIn('Pending', workload, states))
    .map((workload) => ({ kind: 'cancel', workload }));
}

function skipIfBlocked(workload: WorkloadName, input: PlanInput): Action[] {
  if (!isIn('Pending', workload, input.states)) return [];
  for (const edge of edgesInto(workload, input.graph)) {
    const verdict = judge(edge, input);
    if (verdict.kind !== 'blocked') continue;
    const { upstream, cause } = verdict;
    return [{ kind: 'skip', workload, upstream, cause }];
  }
  return [];
}

function startReadyGroups(stage: ReadonlySet<WorkloadName>, input: PlanInput): Action[] {
  const { graph, states, maxParallel } = input;
  const running = graph.groups.filter((group) =>
    group.some((name) => isIn('Running', name, states)),
  );
  const slots = Math.max(0, maxParallel - running.length);
  return graph.groups
    .map((group) => group.filter((name) => stage.has(name) && isIn('Pending', name, states)))
    .filter((members) => members.length > 0 && isReady(members, input))
    .slice(0, slots)
    .map((members) => ({ kind: 'start', members, reason: reasonFor(members, input) }));
}

function stopIdleServices(stage: WorkloadName[], { states }: PlanInput): Action[] {
  const left = stage.filter((name) => !hasEnded(name, states));
  if (!left.every((name) => isIn('Ready', name, states))) return [];
  return left.map((workload) => ({ kind: 'stop-service', workload }));
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

const edgeIndex = new WeakMap<Graph, Map<WorkloadName, Edge[]>>();

function edgesInto(workload: WorkloadName, graph: Graph): Edge[] {
  let index = edgeIndex.get(graph);
  if (index === undefined) {
    index = Map.groupBy(graph.edges, (edge) => edge.to);
    edgeIndex.set(graph, index);
  }
  return index.get(workload) ?? [];
}

function isIn(
  status: WorkloadState['status'],
  workload: WorkloadName,
  states: WorkloadStates,
): boolean {
  return states.get(workload)?.status === status;
}

import type { Edge, Graph, WorkloadName } from '../playbook/model.ts';

/** What the plan knows of a workload. `when` and `upstream` are the two ways to be skipped. */
export type WorkloadState =
  | { status: 'Pending' }
  | { status: 'Running' }
  | { status: 'Completed' }
  | { status: 'Failed'; ignored: boolean }
  | { status: 'Skipped'; by: 'when' | 'upstream' }
  | { status: 'Canceled' };

export type WorkloadStates = ReadonlyMap<WorkloadName, WorkloadState>;

export interface PlanInput {
  graph: Graph;
  states: WorkloadStates;
  /** How many groups may run at once. */
  maxParallel: number;
  /** The run was interrupted or has timed out: nothing new starts. */
  stopping: boolean;
}

export type Action =
  /** Start these workloads together: they are joined by streams, or one alone. */
  | { kind: 'start'; members: WorkloadName[] }
  | { kind: 'skip'; workload: WorkloadName; upstream: WorkloadName }
  | { kind: 'cancel'; workload: WorkloadName };

type Verdict = { kind: 'ready' } | { kind: 'wait' } | { kind: 'blocked'; upstream: WorkloadName };

/**
 * What to do next. The same input always gives the same actions, in the order of the playbook; once
 * they are carried out, and whenever a workload has ended, ask again. A finished run has none.
 */
export function plan(input: PlanInput): Action[] {
  if (input.stopping) return cancelPending(input);
  const skips = input.graph.nodes.flatMap((workload) => skipIfBlocked(workload, input));
  // Skips change what others may do: they come first, alone.
  return skips.length > 0 ? skips : startReadyGroups(input);
}

/** True when nothing runs and nothing is left to start. */
export function isFinished(states: WorkloadStates): boolean {
  return [...states.values()].every(({ status }) => status !== 'Pending' && status !== 'Running');
}

function cancelPending({ graph, states }: PlanInput): Action[] {
  return graph.nodes
    .filter((workload) => isPending(workload, states))
    .map((workload) => ({ kind: 'cancel', workload }));
}

function skipIfBlocked(workload: WorkloadName, input: PlanInput): Action[] {
  if (!isPending(workload, input.states)) return [];
  for (const edge of edgesInto(workload, input.graph)) {
    const verdict = judge(edge, input);
    if (verdict.kind === 'blocked') {
      return [{ kind: 'skip', workload, upstream: verdict.upstream }];
    }
  }
  return [];
}

function startReadyGroups(input: PlanInput): Action[] {
  const { graph, states, maxParallel } = input;
  const running = graph.groups.filter((group) => group.some((name) => isRunning(name, states)));
  const slots = Math.max(0, maxParallel - running.length);
  return graph.groups
    .map((group) => group.filter((name) => isPending(name, states)))
    .filter((members) => members.length > 0 && isReady(members, input))
    .slice(0, slots)
    .map((members) => ({ kind: 'start', members }));
}

function isReady(members: WorkloadName[], input: PlanInput): boolean {
  const together = new Set(members);
  return members.every((member) =>
    edgesInto(member, input.graph).every(
      (edge) => together.has(edge.from) || judge(edge, input).kind === 'ready',
    ),
  );
}

function judge(edge: Edge, { graph, states }: PlanInput): Verdict {
  const upstream = states.get(edge.from);
  switch (upstream?.status) {
    case 'Completed':
      return { kind: 'ready' };
    case 'Failed':
      return upstream.ignored ? { kind: 'ready' } : blockedUnlessHandler(edge, graph);
    case 'Skipped':
      return upstream.by === 'when' ? { kind: 'ready' } : blockedUnlessHandler(edge, graph);
    case 'Canceled':
      return blockedUnlessHandler(edge, graph);
    default:
      return { kind: 'wait' };
  }
}

/** A failure handler only needs its upstream to have ended: its `when` decides. */
function blockedUnlessHandler(edge: Edge, graph: Graph): Verdict {
  if (graph.handlers.get(edge.to)?.has(edge.from)) return { kind: 'ready' };
  return { kind: 'blocked', upstream: edge.from };
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

function isPending(workload: WorkloadName, states: WorkloadStates): boolean {
  return states.get(workload)?.status === 'Pending';
}

function isRunning(workload: WorkloadName, states: WorkloadStates): boolean {
  return states.get(workload)?.status === 'Running';
}

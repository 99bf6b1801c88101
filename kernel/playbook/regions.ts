import type { Graph, WorkloadName } from './model.ts';

/**
 * For each workload below an event_driven or scheduled one, the triggers whose runs it belongs to; a trigger
 * belongs to its own. What an event_driven workload takes its events from is not below it, and only what
 * `isMember` can be part of a run at all. Of more than two triggers, two are named.
 */
export function triggersAbove(
  graph: Graph,
  triggers: WorkloadName[],
  isMember: (name: WorkloadName) => boolean,
): Map<WorkloadName, Set<WorkloadName>> {
  const above = new Map<WorkloadName, Set<WorkloadName>>();
  const dependents = Map.groupBy(
    graph.edges.filter(({ kind, to }) => kind !== 'trigger' && isMember(to)),
    ({ from }) => from,
  );
  for (const trigger of triggers) {
    const queue = [trigger];
    for (const name of queue) {
      const found = above.get(name) ?? new Set();
      // Two are a mistake already, and what depends on it has the same two.
      if (found.has(trigger) || found.size > 1) continue;
      above.set(name, found.add(trigger));
      for (const { to } of dependents.get(name) ?? []) queue.push(to);
    }
  }
  return above;
}

import type { Graph, WorkloadName } from './model.ts';

/**
 * For each workload below an event_driven or scheduled one, the triggers whose runs it belongs to; a trigger
 * belongs to its own. What an event_driven workload takes its events from is not below it.
 */
export function triggersAbove(
  graph: Graph,
  triggers: WorkloadName[],
): Map<WorkloadName, Set<WorkloadName>> {
  const above = new Map<WorkloadName, Set<WorkloadName>>();
  const dependents = Map.groupBy(
    graph.edges.filter(({ kind }) => kind !== 'trigger'),
    ({ from }) => from,
  );
  for (const trigger of triggers) {
    const queue = [trigger];
    for (const name of queue) {
      const found = above.get(name) ?? new Set();
      if (found.has(trigger)) continue;
      above.set(name, found.add(trigger));
      queue.push(...(dependents.get(name) ?? []).map(({ to }) => to));
    }
  }
  return above;
}

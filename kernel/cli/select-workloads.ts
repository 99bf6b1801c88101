import { didYouMean } from '../expressions/nearest.ts';
import type { Graph, WorkloadName } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';

/**
 * The workloads that `--only` names, and all that they depend on, streams included; undefined when it names none.
 * Throws `invalid-argument` for a name that the playbook does not have.
 */
export function selectWorkloads(names: string[], graph: Graph): Set<WorkloadName> | undefined {
  if (names.length === 0) return undefined;
  const groupOf = new Map(
    graph.groups.flatMap((group) => group.map((name) => [name, group] as const)),
  );
  const upstream = Map.groupBy(graph.edges, ({ to }) => to);
  const selected = new Set<WorkloadName>();
  const queue = names.map((name) => findWorkload(name, graph));
  for (const name of queue) {
    if (selected.has(name)) continue;
    selected.add(name);
    queue.push(...(groupOf.get(name) ?? []));
    queue.push(...(upstream.get(name) ?? []).map(({ from }) => from));
  }
  return selected;
}

function findWorkload(name: string, { nodes }: Graph): WorkloadName {
  const found = nodes.find((node) => node === name);
  if (found !== undefined) return found;
  const hint = didYouMean(name, nodes) ?? 'name workloads of the playbook: --only fetch,report';
  throw new OrkError('invalid-argument', `the playbook has no workload '${name}'`, {
    reason: 'cli.unknown-workload',
    hint,
  });
}

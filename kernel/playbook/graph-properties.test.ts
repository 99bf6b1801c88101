import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../test/support/property-runs.ts';
import { buildGraph, edgesInsideGroups, findCycles } from './graph.ts';
import type { Edge, EdgeKind, Graph, WorkloadName } from './model.ts';
import { asWorkloadName } from './names.ts';
import { triggersAbove } from './regions.ts';

const nodeName = (index: number): WorkloadName => asWorkloadName(`n${index}`);

/** Most edges wait, some join: otherwise all nodes are one group. */
const kind = fc.constantFrom<EdgeKind>('order', 'order', 'state', 'state', 'trigger', 'stream');

/** A graph of `least` to `most` nodes with self edges, equal edges and, at times, edges backwards. */
function graphOf(most: number, least = 1): fc.Arbitrary<Graph> {
  return fc
    .record({ size: fc.integer({ min: least, max: most }), backwards: fc.boolean() })
    .chain(({ size, backwards }) => {
      const end = fc.nat(size - 1);
      const edge = fc.tuple(end, end, kind).map(([a, b, edgeKind]): Edge => {
        const [from, to] = backwards ? [a, b] : [Math.min(a, b), Math.max(a, b)];
        return { from: nodeName(from), to: nodeName(to), kind: edgeKind };
      });
      const edges = fc.array(edge, { maxLength: 2 * size, size: 'max' });
      const nodes = Array.from({ length: size }, (_, index) => nodeName(index));
      return edges.map((list) => buildGraph(nodes, list));
    });
}

/** Which nodes streams join, found by colouring: the same number is the same group. */
function colours({ nodes, edges }: Graph): Map<WorkloadName, number> {
  const neighbours = new Map<WorkloadName, WorkloadName[]>(nodes.map((name) => [name, []]));
  for (const { from, to, kind: edgeKind } of edges) {
    if (edgeKind !== 'stream') continue;
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  const found = new Map<WorkloadName, number>();
  for (const [colour, start] of nodes.entries()) {
    const pending = found.has(start) ? [] : [start];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (found.has(name)) continue;
      found.set(name, colour);
      pending.push(...(neighbours.get(name) ?? []));
    }
  }
  return found;
}

/** Takes nodes without an edge into them away until there are none: what is left lies on or behind a cycle. */
function hasCycle(pairs: [number, number][], size: number): boolean {
  const distinct = pairs.filter(([from, to]) => from !== to);
  const incoming = Array.from({ length: size }, () => 0);
  const outgoing = Array.from({ length: size }, (): number[] => []);
  for (const [from, to] of distinct) {
    incoming[to] = (incoming[to] ?? 0) + 1;
    outgoing[from]?.push(to);
  }
  const free = incoming.flatMap((count, index) => (count === 0 ? [index] : []));
  for (const index of free) {
    for (const to of outgoing[index] ?? []) {
      incoming[to] = (incoming[to] ?? 0) - 1;
      if (incoming[to] === 0) free.push(to);
    }
  }
  return free.length < size;
}

function expectedCycle(graph: Graph): boolean {
  const { nodes, edges } = graph;
  const colour = colours(graph);
  const number = new Map(nodes.map((name, index) => [name, index]));
  const at = (name: WorkloadName, by: Map<WorkloadName, number>): number => by.get(name) ?? 0;
  const between = (by: Map<WorkloadName, number>, list: Edge[]) =>
    list.map(({ from, to }): [number, number] => [at(from, by), at(to, by)]);
  const streams = edges.filter((edge) => edge.kind === 'stream');
  return (
    hasCycle(between(colour, edges), nodes.length) ||
    hasCycle(between(number, streams), nodes.length)
  );
}

function judge(graph: Graph): void {
  const colour = colours(graph);
  const cycles = findCycles(graph);
  expect(cycles.length > 0).toBe(expectedCycle(graph));
  const pairs = new Set(graph.edges.map(({ from, to }) => `${from} ${to}`));
  for (const cycle of cycles) {
    expect(cycle.length).toBeGreaterThan(1);
    for (const [index, from] of cycle.entries()) {
      const to = cycle[(index + 1) % cycle.length] as WorkloadName;
      // One step of the way is an edge, or leads through a group of streams.
      if (colour.get(from) !== colour.get(to)) expect(pairs).toContain(`${from} ${to}`);
    }
  }
}

test(
  'a cycle is found if and only if there is one, and each is made of edges',
  () => {
    fc.assert(fc.property(graphOf(25), judge), propertyRuns(300));
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'five thousand nodes are no other case',
  () => {
    const { numRuns } = propertyRuns(8);
    fc.assert(fc.property(graphOf(5000, 4000), judge), { numRuns: Math.min(500, numRuns) });
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'groups are a partition: each node is in one, with exactly those that streams join it to',
  () => {
    fc.assert(
      fc.property(graphOf(60), (graph) => {
        expect(graph.groups.flat().toSorted()).toEqual(graph.nodes.toSorted());
        const byColour = Map.groupBy(graph.nodes, (name) => colours(graph).get(name));
        expect(graph.groups.map((group) => group.join())).toEqual(
          [...byColour.values()].map((group) => group.join()),
        );
      }),
      propertyRuns(300),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'edges inside of groups are those that wait between two members',
  () => {
    fc.assert(
      fc.property(graphOf(40), (graph) => {
        const colour = colours(graph);
        const expected = graph.edges.filter(
          ({ from, to, kind: edgeKind }) =>
            from !== to && edgeKind !== 'stream' && colour.get(from) === colour.get(to),
        );
        expect(edgesInsideGroups(graph)).toEqual(expected);
      }),
      propertyRuns(300),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'a workload is below a trigger if and only if a way leads from it to there',
  () => {
    fc.assert(
      fc.property(graphOf(20), fc.nat(19), (graph, index) => {
        const trigger = graph.nodes[index % graph.nodes.length] as WorkloadName;
        const reached = new Set([trigger]);
        const ways = graph.edges.filter((edge) => edge.kind !== 'trigger');
        for (let before = 0; before < reached.size; ) {
          before = reached.size;
          for (const { from, to } of ways) if (reached.has(from)) reached.add(to);
        }
        const above = triggersAbove(graph, [trigger], () => true);
        expect(new Set(above.keys())).toEqual(reached);
      }),
      propertyRuns(300),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test.each([
  ['order', true],
  ['order', false],
  ['stream', true],
  ['stream', false],
] as const)(
  'five thousand nodes in a row by %s edges, closed: %s, overflow no stack',
  (edgeKind, closed) => {
    const nodes = Array.from({ length: 5000 }, (_, index) => nodeName(index));
    const row = nodes
      .slice(1)
      .map((to, index): Edge => ({ from: nodeName(index), to, kind: edgeKind }));
    const back: Edge = { from: nodeName(4999), to: nodeName(0), kind: edgeKind };
    const graph = buildGraph(nodes, closed ? [...row, back] : row);
    expect(findCycles(graph).map((cycle) => cycle.length)).toEqual(closed ? [5000] : []);
    expect(graph.groups).toHaveLength(edgeKind === 'stream' ? 1 : 5000);
  },
);

import type { Edge, Graph, WorkloadName } from './model.ts';

/**
 * Builds the graph of a playbook: equal edges once, and workloads joined by streams in one group.
 * Nothing is checked here; see `findCycles` and `edgesInsideGroups`.
 */
export function buildGraph(
  nodes: WorkloadName[],
  edges: Edge[],
  handlers: Graph['handlers'] = new Map(),
): Graph {
  return { nodes, edges: distinctEdges(edges), groups: groupByStreams(nodes, edges), handlers };
}

/**
 * Cycles among workloads, groups of streams taken as one: each is a way from a workload back to it,
 * the first name not repeated at the end. One cycle, a shortest one, per knot of workloads.
 */
export function findCycles(graph: Graph): WorkloadName[][] {
  const streams = graph.edges.filter(({ kind }) => kind === 'stream');
  const single = new Map(graph.nodes.map((name) => [name, name] as const));
  const heads = graph.groups.map(firstOf);
  return [
    ...cyclesOf(graph.nodes, streams, single),
    // Edges inside a group are dropped there: both their ends are represented by the same workload.
    ...cyclesOf(heads, graph.edges, representatives(graph)),
  ];
}

/** Edges that make a workload wait for another one it has to run together with. */
export function edgesInsideGroups(graph: Graph): Edge[] {
  const group = representatives(graph);
  return graph.edges.filter(
    ({ from, to, kind }) => kind !== 'stream' && from !== to && group.get(from) === group.get(to),
  );
}

/** For each workload, the first member of its group. */
function representatives(graph: Graph): Map<WorkloadName, WorkloadName> {
  return new Map(
    graph.groups.flatMap((group) => group.map((name) => [name, firstOf(group)] as const)),
  );
}

function firstOf(group: WorkloadName[]): WorkloadName {
  return group[0] as WorkloadName;
}

function distinctEdges(edges: Edge[]): Edge[] {
  const seen = new Map<string, Edge>();
  for (const edge of edges) {
    const key = [edge.from, edge.to, edge.kind, edge.port ?? ''].join(' ');
    if (!seen.has(key)) seen.set(key, edge);
  }
  return [...seen.values()];
}

function groupByStreams(nodes: WorkloadName[], edges: Edge[]): WorkloadName[][] {
  const parents = new Map(nodes.map((name) => [name, name] as const));
  const rootOf = (name: WorkloadName): WorkloadName => {
    let root = name;
    for (let next = parents.get(root); next !== undefined && next !== root; ) {
      // Halving the path keeps later look-ups short.
      parents.set(root, parents.get(next) ?? next);
      root = next;
      next = parents.get(root);
    }
    return root;
  };
  for (const { from, to, kind } of edges) {
    if (kind === 'stream') parents.set(rootOf(to), rootOf(from));
  }
  return [...Map.groupBy(nodes, rootOf).values()];
}

/** A knot (strongly connected component) of more than one node gives one cycle. */
function cyclesOf(
  nodes: WorkloadName[],
  edges: Edge[],
  represent: Map<WorkloadName, WorkloadName>,
): WorkloadName[][] {
  const outgoing = new Map<WorkloadName, Edge[]>(nodes.map((name) => [name, []]));
  const at = (name: WorkloadName): WorkloadName => represent.get(name) ?? name;
  for (const edge of edges) {
    if (at(edge.from) !== at(edge.to)) outgoing.get(at(edge.from))?.push(edge);
  }
  const successors = (name: WorkloadName) => (outgoing.get(name) ?? []).map(({ to }) => at(to));
  return knots(nodes, successors).map((knot) => shortestCycle(knot, outgoing, at));
}

interface Frame {
  node: WorkloadName;
  successors: WorkloadName[];
  next: number;
}

/** Tarjan's algorithm with a stack of its own, so that thousands of workloads in a row are no problem. */
function knots(
  nodes: WorkloadName[],
  successors: (node: WorkloadName) => WorkloadName[],
): Set<WorkloadName>[] {
  const index = new Map<WorkloadName, number>();
  const low = new Map<WorkloadName, number>();
  const open = new Set<WorkloadName>();
  const entered: WorkloadName[] = [];
  const found: Set<WorkloadName>[] = [];
  const frames: Frame[] = [];
  const enter = (node: WorkloadName) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.add(node);
    entered.push(node);
    frames.push({ node, successors: successors(node), next: 0 });
  };
  const lower = (node: WorkloadName, value: number) =>
    low.set(node, Math.min(low.get(node) ?? value, value));
  const leave = (node: WorkloadName) => {
    const parent = frames.at(-1);
    if (parent !== undefined) lower(parent.node, low.get(node) ?? 0);
    if (low.get(node) !== index.get(node)) return;
    const knot = entered.splice(entered.lastIndexOf(node));
    for (const member of knot) open.delete(member);
    if (knot.length > 1) found.push(new Set(knot));
  };
  for (const root of nodes) {
    if (!index.has(root)) enter(root);
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const next = frame.successors[frame.next++];
      if (next === undefined) {
        frames.pop();
        leave(frame.node);
      } else if (!index.has(next)) enter(next);
      else if (open.has(next)) lower(frame.node, index.get(next) ?? 0);
    }
  }
  return found;
}

/** A shortest way from the knot's first node back to it, by the names that its edges really have. */
function shortestCycle(
  knot: Set<WorkloadName>,
  outgoing: Map<WorkloadName, Edge[]>,
  at: (name: WorkloadName) => WorkloadName,
): WorkloadName[] {
  const [start] = knot;
  if (start === undefined) return [];
  const arrivedBy = new Map<WorkloadName, Edge>();
  const queue = [start];
  for (const node of queue) {
    for (const edge of outgoing.get(node) ?? []) {
      const target = at(edge.to);
      if (!knot.has(target) || arrivedBy.has(target)) continue;
      arrivedBy.set(target, edge);
      if (target === start) return spell(start, arrivedBy, at);
      queue.push(target);
    }
  }
  return [];
}

function spell(
  start: WorkloadName,
  arrivedBy: Map<WorkloadName, Edge>,
  at: (name: WorkloadName) => WorkloadName,
): WorkloadName[] {
  const edges: Edge[] = [];
  let node = start;
  do {
    const edge = arrivedBy.get(node);
    if (edge === undefined) break;
    edges.unshift(edge);
    node = at(edge.from);
  } while (node !== start);
  const names = edges.flatMap(({ from, to }) => [from, to]);
  // Two edges meet in one workload, or in two of one group: then both are named.
  const path = names.filter((name, index) => name !== names[index - 1]);
  return path.length > 1 && path[0] === path.at(-1) ? path.slice(0, -1) : path;
}

import type { EdgeKind } from '../../playbook/model.ts';
import type { GraphPicture, PictureEdge } from './graph-picture.ts';

/** One workload of the drawn forest, in the order of the lines. */
export interface TreeRow {
  name: string;
  /** For each level above: whether its line goes on to later children. */
  rails: boolean[];
  /** The edge by which it hangs below its parent; a root has none. */
  by: PictureEdge | undefined;
  /** Whether it is its parent's last child. */
  last: boolean;
  /** Its further incoming edges. */
  others: PictureEdge[];
}

export type GraphTree = TreeRow[];

/** Deeper than that a branch goes on as a tree of its own, or long chains would run out of the screen. */
const MAX_DEPTH = 20;

/** What a workload hangs from if it can choose: its stream, so that stream groups stay together. */
const PREFERENCE: readonly EdgeKind[] = ['stream', 'trigger', 'state', 'order'];

/** Turns the graph into a forest: each workload once, below the latest of those it follows. */
export function plantTrees(picture: GraphPicture): GraphTree {
  const incoming = Map.groupBy(picture.edges, ({ to }) => to);
  const parents = chooseParents(picture, incoming);
  const children = Map.groupBy(
    picture.nodes.map(({ name }) => name),
    (name) => parents.get(name)?.from,
  );
  const rows: GraphTree = [];
  const add = (name: string, rails: boolean[], last: boolean) => {
    const by = parents.get(name);
    const others = (incoming.get(name) ?? []).filter((edge) => edge !== by);
    rows.push({ name, rails, by, last, others });
    const below = children.get(name) ?? [];
    // A root has no line of its own that could go on beside its children.
    const open = by === undefined ? [] : [...rails, !last];
    for (const [index, child] of below.entries()) {
      add(child, open, index === below.length - 1);
    }
  };
  for (const root of finallyLast(children.get(undefined) ?? [], picture)) add(root, [], true);
  return rows;
}

function finallyLast(roots: string[], { nodes }: GraphPicture): string[] {
  const isFinally = new Map(nodes.map(({ name, marks }) => [name, marks.includes('finally')]));
  return roots.toSorted((a, b) => Number(isFinally.get(a)) - Number(isFinally.get(b)));
}

/** The edge by which each workload hangs; those that nothing precedes, or that lie too deep, have none. */
function chooseParents(
  picture: GraphPicture,
  incoming: Map<string, PictureEdge[]>,
): Map<string, PictureEdge> {
  const depths = new Map<string, number>();
  const parents = new Map<string, PictureEdge>();
  const order = topologicalOrder(picture);
  const rank = new Map(order.map((name, index) => [name, index]));
  for (const name of order) {
    const edges = incoming.get(name) ?? [];
    const [best] = edges.toSorted(
      (a, b) =>
        PREFERENCE.indexOf(a.kind) - PREFERENCE.indexOf(b.kind) ||
        (rank.get(b.from) ?? 0) - (rank.get(a.from) ?? 0),
    );
    const depth = best === undefined ? 0 : ((depths.get(best.from) ?? 0) + 1) % (MAX_DEPTH + 1);
    depths.set(name, depth);
    if (best !== undefined && depth > 0) parents.set(name, best);
  }
  return parents;
}

/** Every workload after all that it follows, else in the order of the playbook. */
function topologicalOrder({ nodes, edges }: GraphPicture): string[] {
  const waiting = new Map(nodes.map(({ name }) => [name, 0]));
  for (const { to } of edges) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const outgoing = Map.groupBy(edges, ({ from }) => from);
  const order = nodes.map(({ name }) => name).filter((name) => waiting.get(name) === 0);
  for (const name of order) {
    for (const { to } of outgoing.get(name) ?? []) {
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) order.push(to);
    }
  }
  return order;
}

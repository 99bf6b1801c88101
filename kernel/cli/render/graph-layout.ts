import { OrkError } from '../../types/errors.ts';
import { finallyOrder, type GraphPicture } from './graph-picture.ts';

export interface Point {
  x: number;
  y: number;
}

/** A rectangle by its centre, in pixels. */
export interface Box extends Point {
  width: number;
  height: number;
}

/** Where everything of a picture goes; lists are in the picture's order. */
export interface GraphLayout {
  width: number;
  height: number;
  nodes: Box[];
  groups: Box[];
  /** `label` is the place of the edge's label. */
  edges: { points: Point[]; label: Point }[];
}

export interface Size {
  width: number;
  height: number;
}

/** Laying out takes more than the square of the number of workloads: a second at this size. */
const MAX_NODES = 500;

/**
 * Places workloads in layers from top to bottom, so that edges are short and cross rarely and each group
 * has a frame of its own. Throws `resource-exhausted` for more than 500 workloads.
 */
export async function layOut(
  picture: GraphPicture,
  sizes: Size[],
  labels: Size[],
): Promise<GraphLayout> {
  if (picture.nodes.length > MAX_NODES) throw tooLarge(picture.nodes.length);
  const { Graph, layout } = await import('@dagrejs/dagre');
  const graph = new Graph({ multigraph: true, compound: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 44, edgesep: 14 });
  // Names of workloads could be those of groups or, worse, of the object's own properties.
  const ids = new Map(picture.nodes.map(({ name }, index) => [name, `node ${index}`]));
  const idOf = (name: string) => ids.get(name) ?? '';
  for (const [index, size] of sizes.entries()) graph.setNode(`node ${index}`, { ...size });
  for (const [index, group] of picture.groups.entries()) {
    graph.setNode(`group ${index}`, {});
    for (const name of group) graph.setParent(idOf(name), `group ${index}`);
  }
  for (const [index, { from, to }] of picture.edges.entries()) {
    graph.setEdge(idOf(from), idOf(to), { ...labels[index], labelpos: 'c' }, `${index}`);
  }
  for (const [from, to] of finallyOrder(picture)) {
    graph.setEdge(idOf(from), idOf(to), { width: 0, height: 0, weight: 0 }, 'finally');
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
  const box = (id: string): Box => {
    const { x, y, width, height } = graph.node(id) as Box;
    return { x, y, width, height };
  };
  return {
    width,
    height,
    nodes: picture.nodes.map(({ name }) => box(idOf(name))),
    groups: picture.groups.map((_, index) => box(`group ${index}`)),
    edges: picture.edges.map(({ from, to }, index) => {
      const edge = graph.edge(idOf(from), idOf(to), `${index}`) as { points: Point[] } & Point;
      return { points: edge.points, label: { x: edge.x, y: edge.y } };
    }),
  };
}

function tooLarge(nodes: number): OrkError {
  const message = `svg draws at most ${MAX_NODES} workloads; the playbook has ${nodes}`;
  return new OrkError('resource-exhausted', message, {
    reason: 'cli.graph-size',
    hint: 'take --format dot, and a layout of Graphviz for large graphs such as sfdp',
  });
}

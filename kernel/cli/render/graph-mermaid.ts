import type { EdgeKind } from '../../playbook/model.ts';
import {
  finallyOrder,
  type GraphPicture,
  type PictureEdge,
  type PictureNode,
} from './graph-picture.ts';

const ARROWS: Readonly<Record<EdgeKind, string>> = {
  stream: '==>',
  state: '-.->',
  order: '-->',
  trigger: '--o',
};

/** The colour of a kind's edges; borders only, so that both light and dark themes can be read. */
const EDGE_COLORS: Readonly<Record<EdgeKind, string>> = {
  stream: '#3b82f6',
  state: '#8b5cf6',
  order: '#64748b',
  trigger: '#d97706',
};
const HANDLER_COLOR = '#dc2626';

/** A Mermaid flowchart, as Markdown renderers draw it; stream groups are subgraphs. */
export function graphToMermaid(picture: GraphPicture): string {
  // Names such as `end` are words of Mermaid, so nodes go by number.
  const ids = new Map(picture.nodes.map(({ name }, index) => [name, `n${index}`]));
  const idOf = (name: string) => ids.get(name) ?? name;
  const grouped = new Set(picture.groups.flat());
  const declare = (node: PictureNode) => `${idOf(node.name)}${nodeText(node)}`;
  const lines = [
    'flowchart TB',
    ...picture.groups.flatMap((group, index) => [
      `  subgraph g${index + 1}["stream group ${index + 1}"]`,
      ...picture.nodes
        .filter(({ name }) => group.includes(name))
        .map((node) => `    ${declare(node)}`),
      '  end',
    ]),
    ...picture.nodes.filter(({ name }) => !grouped.has(name)).map((node) => `  ${declare(node)}`),
    ...picture.edges.map((edge) => `  ${edgeText(edge, idOf)}`),
    // Invisible ones, last, because styles go by number.
    ...finallyOrder(picture).map(([from, to]) => `  ${idOf(from)} ~~~ ${idOf(to)}`),
    ...linkStyles(picture.edges),
    ...markStyles(picture.nodes, idOf),
  ];
  return `${lines.join('\n')}\n`;
}

function nodeText({ name, module, lifecycle, marks }: PictureNode): string {
  const lines = [`<b>${toEntities(name)}</b>`, toEntities(`${module} · ${lifecycle}`), ...marks];
  return `["${lines.join('<br/>')}"]`;
}

function edgeText({ from, to, kind, label }: PictureEdge, idOf: (name: string) => string): string {
  const text = label === '' ? '' : `|"${toEntities(label)}"|`;
  return `${idOf(from)} ${ARROWS[kind]}${text} ${idOf(to)}`;
}

function linkStyles(edges: PictureEdge[]): string[] {
  const numbers = Map.groupBy(
    edges.keys(),
    (index) => EDGE_COLORS[(edges[index] as PictureEdge).kind],
  );
  return [...numbers].map(([color, indices]) => `  linkStyle ${indices.join(',')} stroke:${color}`);
}

function markStyles(nodes: PictureNode[], idOf: (name: string) => string): string[] {
  const marked = (mark: PictureNode['marks'][number]) =>
    nodes.filter(({ marks }) => marks.includes(mark)).map(({ name }) => idOf(name));
  const styles = [
    [marked('failure handler'), `stroke:${HANDLER_COLOR},stroke-dasharray:5 3`],
    [marked('finally'), 'stroke:#0d9488,stroke-width:3px'],
  ] as const;
  return styles.flatMap(([ids, style]) => ids.map((id) => `  style ${id} ${style}`));
}

/** Text inside quotes of Mermaid, whose entities start with `#`. */
function toEntities(text: string): string {
  return text
    .replaceAll(/[#"&<>`\\]/g, (character) => `#${character.charCodeAt(0)};`)
    .replaceAll(/[\r\n]+/g, ' ');
}

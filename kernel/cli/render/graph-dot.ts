import type { EdgeKind } from '../../playbook/model.ts';
import {
  finallyOrder,
  type GraphPicture,
  type PictureEdge,
  type PictureNode,
} from './graph-picture.ts';

const EDGE_ATTRIBUTES: Readonly<Record<EdgeKind, string>> = {
  stream: 'color="#2563eb", penwidth=2',
  state: 'color="#7c3aed", style=dashed',
  order: 'color="#64748b"',
  trigger: 'color="#d97706", style=dotted, penwidth=2, arrowhead=empty',
};
const HANDLER_COLOR = '#dc2626';
const FINALLY_COLOR = '#0f766e';

/** The graph in the language of Graphviz; stream groups are clusters. */
export function graphToDot(picture: GraphPicture): string {
  const lines = [
    `digraph ${quote(picture.title)} {`,
    `  graph [rankdir=TB, labelloc=t, fontname="Helvetica", label=${quote(picture.title)}];`,
    '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11, margin="0.15,0.08"];',
    '  edge [fontname="Helvetica", fontsize=9, arrowsize=0.7];',
    ...picture.groups.flatMap((group, index) => cluster(group, index + 1, picture)),
    ...ungrouped(picture).map((node) => `  ${nodeLine(node)}`),
    ...picture.edges.map((edge) => `  ${edgeLine(edge)}`),
    ...finallyOrder(picture).map(([from, to]) => `  ${quote(from)} -> ${quote(to)} [style=invis];`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function cluster(group: string[], number: number, { nodes }: GraphPicture): string[] {
  const members = nodes.filter(({ name }) => group.includes(name));
  return [
    `  subgraph cluster_${number} {`,
    `    graph [label="stream group ${number}", style="rounded,dashed", color="#93c5fd", fontsize=9];`,
    ...members.map((node) => `    ${nodeLine(node)}`),
    '  }',
  ];
}

function ungrouped({ nodes, groups }: GraphPicture): PictureNode[] {
  const grouped = new Set(groups.flat());
  return nodes.filter(({ name }) => !grouped.has(name));
}

function nodeLine({ name, module, lifecycle, description, marks }: PictureNode): string {
  const label = [name, `${module} · ${lifecycle}`, ...marks.map((mark) => `(${mark})`)].join('\n');
  const attributes = [`label=${quote(label)}`, `tooltip=${quoteTooltip(description || name)}`];
  if (marks.includes('failure handler')) attributes.push(`color="${HANDLER_COLOR}"`);
  else if (marks.includes('finally')) attributes.push(`color="${FINALLY_COLOR}"`);
  if (marks.includes('finally')) attributes.push('peripheries=2');
  return `${quote(name)} [${attributes.join(', ')}];`;
}

function edgeLine({ from, to, kind, label }: PictureEdge): string {
  const attributes = [EDGE_ATTRIBUTES[kind]];
  if (label !== '') attributes.push(`label=${quote(label)}`);
  return `${quote(from)} -> ${quote(to)} [${attributes.join(', ')}];`;
}

/** Graphviz expands a tooltip twice. */
function quoteTooltip(text: string): string {
  return quote(text.replaceAll('\\', '\\\\'));
}

/**
 * A quoted string of DOT that shows the text itself: in labels Graphviz also expands `\N` and the like,
 * and entities such as `&amp;`.
 */
function quote(text: string): string {
  const escaped = text
    .replaceAll('\0', '�')
    .replaceAll('&', '&amp;')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/\r\n?|\n/g, '\\n');
  return `"${escaped}"`;
}

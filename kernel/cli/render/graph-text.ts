import type { EdgeKind } from '../../playbook/model.ts';
import { EDGE_MEANINGS, type GraphPicture, kindsIn, type PictureEdge } from './graph-picture.ts';
import { type GraphTree, plantTrees, type TreeRow } from './graph-tree.ts';
import { printableLine } from './printable.ts';
import type { Style } from './style.ts';
import { tableRows } from './table.ts';

/** How a kind of edge is drawn: into one of several children, into the last one, in the legend. */
const BRANCHES: Readonly<Record<EdgeKind, [child: string, last: string, line: string]>> = {
  stream: ['╞═ ', '╘═ ', '═'],
  state: ['├┄ ', '└┄ ', '┄'],
  order: ['├─ ', '└─ ', '─'],
  trigger: ['├~ ', '└~ ', '~'],
};

/** The graph for a terminal: below each workload those that follow it, by the kind of the edge. */
export function graphToText(picture: GraphPicture, style: Style): string {
  const rows = rowsOf(plantTrees(picture), picture);
  const [heading = '', ...body] = tableRows([
    ['WORKLOAD', 'MODULE', 'LIFECYCLE', 'REMARKS'],
    ...rows,
  ]);
  const parts = [
    [`${style.strong(picture.title)}: ${count(picture.nodes.length, 'workload')}`],
    [style.faint(heading), ...body],
    legend(picture).map((line) => style.faint(line)),
    groupLines(picture),
  ];
  const shown = parts.filter(({ length }) => length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function rowsOf(tree: GraphTree, { nodes }: GraphPicture): string[][] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return tree.map((row) => {
    const node = byName.get(row.name);
    const remarks = [...(node?.marks ?? []), ...edgeRemarks(row)];
    const cells = [`${branchText(row)}${row.name}`, node?.module, node?.lifecycle];
    return [...cells.map((cell = '') => printableLine(cell)), printableLine(remarks.join(', '))];
  });
}

function branchText({ rails, by, last }: TreeRow): string {
  if (by === undefined) return '';
  const [child, lastChild] = BRANCHES[by.kind];
  return `${rails.map((open) => (open ? '│  ' : '   ')).join('')}${last ? lastChild : child}`;
}

/** What the branch itself does not say: its port, and the edges that the tree has no place for. */
function edgeRemarks({ by, others }: TreeRow): string[] {
  const own = by === undefined || by.label === '' ? [] : [`reads ${edgeName(by)}`];
  return [...own, ...others.map((edge) => `${BRANCHES[edge.kind][2]} ${edgeName(edge)}`)];
}

function edgeName({ from, label, handles }: PictureEdge): string {
  if (handles) return `the outcome of ${from}`;
  return label === '' ? from : `${from}.${label}`;
}

function legend(picture: GraphPicture): string[] {
  return kindsIn(picture).map((kind) => `${BRANCHES[kind][2]} ${EDGE_MEANINGS[kind]}`);
}

function groupLines({ groups }: GraphPicture): string[] {
  if (groups.length === 0) return [];
  const lines = groups.map((group, index) => `  ${index + 1}  ${group.join(', ')}`);
  return ['Stream groups (their workloads start together):', ...lines];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

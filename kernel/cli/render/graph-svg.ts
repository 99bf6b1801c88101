import type { EdgeKind } from '../../playbook/model.ts';
import { type Box, type GraphLayout, layOut, type Point, type Size } from './graph-layout.ts';
import {
  EDGE_MEANINGS,
  type GraphPicture,
  kindsIn,
  type PictureEdge,
  type PictureNode,
} from './graph-picture.ts';
import { SVG_STYLE } from './graph-svg-style.ts';

/** Widths are guessed by the number of characters, which a fixed-width font makes nearly right. */
const NAME_WIDTH = 8.2;
const TEXT_WIDTH = 6.8;
const LABEL_WIDTH = 6.2;
const TITLE_WIDTH = 10;
const LEGEND_INDENT = 44;
const LINE = 16;
const PADDING = 12;
const MARGIN = 24;
const HEADER = 44;
const LONGEST_TEXT = 40;

/** The graph as a picture of its own, readable on light and dark pages. Throws as `layOut` does. */
export async function graphToSvg(picture: GraphPicture): Promise<string> {
  const layout = await layOut(picture, picture.nodes.map(nodeSize), picture.edges.map(labelSize));
  const legend = legendLines(kindsIn(picture));
  const width = Math.max(layout.width, textWidth(picture)) + 2 * MARGIN;
  const legendTop = HEADER + layout.height + MARGIN;
  const height = legendTop + kindsIn(picture).length * 20 + MARGIN;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="ork-graph" role="img" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}">`,
    `<title>${toXml(picture.title)}</title>`,
    `<style>${SVG_STYLE}</style>`,
    ...kindsIn(picture).map(marker),
    '<rect class="page" width="100%" height="100%" rx="10"/>',
    `<text class="title" x="${MARGIN}" y="30">${toXml(picture.title)}</text>`,
    `<g transform="translate(${round((width - layout.width) / 2)} ${HEADER})">`,
    ...drawing(picture, layout),
    '</g>',
    ...legend.map(
      (line, index) => `<g transform="translate(${MARGIN} ${legendTop + index * 20})">${line}</g>`,
    ),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

/** What the title and the legend need. */
function textWidth(picture: GraphPicture): number {
  const legend = kindsIn(picture).map(
    (kind) => LEGEND_INDENT + EDGE_MEANINGS[kind].length * TEXT_WIDTH,
  );
  return Math.max(picture.title.length * TITLE_WIDTH, ...legend);
}

/** Frames first, then edges, then nodes, then labels, so that none is hidden by another. */
function drawing(picture: GraphPicture, { nodes, groups, edges }: GraphLayout): string[] {
  const labelled = [...edges.entries()].filter(([index]) => picture.edges[index]?.label !== '');
  return [
    ...groups.map(groupFrame),
    ...edges.map(({ points }, index) => edgePath(picture.edges[index] as PictureEdge, points)),
    ...nodes.map((box, index) => nodeBox(picture.nodes[index] as PictureNode, box)),
    ...labelled.map(([index, { label }]) => edgeLabel(picture.edges[index] as PictureEdge, label)),
  ];
}

function nodeSize(node: PictureNode): Size {
  const widths = [
    short(node.name).length * NAME_WIDTH,
    ...smallLines(node).map((line) => line.length * TEXT_WIDTH),
  ];
  const width = Math.max(90, ...widths) + 2 * PADDING;
  return { width, height: (1 + smallLines(node).length) * LINE + PADDING };
}

function smallLines({ module, lifecycle, marks }: PictureNode): string[] {
  return [short(module), short(lifecycle), ...(marks.length === 0 ? [] : [marks.join(', ')])];
}

function labelSize({ label }: PictureEdge): Size {
  if (label === '') return { width: 0, height: 0 };
  return { width: short(label).length * LABEL_WIDTH + 8, height: 14 };
}

function nodeBox(node: PictureNode, { x, y, width, height }: Box): string {
  const [left, top] = [x - width / 2, y - height / 2];
  const middle = round(x);
  const marks = node.marks.map((mark) => (mark === 'finally' ? ' finally' : ' handler')).join('');
  const baseline = (line: number) => round(top + PADDING / 2 + line * LINE + 12);
  const texts = [
    `<text class="name" x="${middle}" y="${baseline(0)}">${toXml(short(node.name))}</text>`,
    ...smallLines(node).map((line, index) => {
      const style = ['module', 'lifecycle', 'mark'][index] ?? 'mark';
      return `<text class="${style}" x="${middle}" y="${baseline(index + 1)}">${toXml(line)}</text>`;
    }),
  ];
  const tip = [node.name, node.description].filter((text) => text !== '').join(': ');
  const rect = `<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="7"/>`;
  return `<g class="node${marks}"><title>${toXml(tip)}</title>${rect}${texts.join('')}</g>`;
}

function groupFrame({ x, y, width, height }: Box): string {
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  return (
    `<g class="group"><rect x="${left}" y="${top}" width="${round(width)}" height="${round(height)}" rx="10"/>` +
    `<text x="${round(left + 10)}" y="${round(top + 15)}">stream group</text></g>`
  );
}

function edgePath(edge: PictureEdge, points: Point[]): string {
  return `<path class="edge ${edge.kind}" d="${curve(points)}" marker-end="url(#ork-${edge.kind})"/>`;
}

function edgeLabel({ kind, label }: PictureEdge, { x, y }: Point): string {
  const { width } = labelSize({ label } as PictureEdge);
  return (
    `<g class="label ${kind}"><rect x="${round(x - width / 2)}" y="${round(y - 7)}" width="${round(width)}" height="14" rx="4"/>` +
    `<text x="${round(x)}" y="${round(y + 3.5)}">${toXml(short(label))}</text></g>`
  );
}

/** A line through the first and last point that the points between pull to themselves (a uniform B-spline). */
function curve(points: Point[]): string {
  const [first = { x: 0, y: 0 }, ...rest] = points;
  const last = rest.at(-1) ?? first;
  const inner = rest.slice(0, -1);
  const start = `M${pair(first)}`;
  if (inner.length === 0) return `${start}L${pair(last)}`;
  const ways = inner.map((control, index) => {
    const next = inner[index + 1];
    const end = next === undefined ? last : between(control, next);
    return `Q${pair(control)} ${pair(end)}`;
  });
  return `${start}${ways.join('')}`;
}

function between(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function pair({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function marker(kind: EdgeKind): string {
  return (
    `<marker id="ork-${kind}" class="arrow ${kind}" viewBox="0 0 10 10" refX="9" refY="5" ` +
    'markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1L10 5L0 9Z"/></marker>'
  );
}

function legendLines(kinds: EdgeKind[]): string[] {
  return kinds.map(
    (kind) =>
      `<path class="edge ${kind}" d="M0 5L34 5" marker-end="url(#ork-${kind})"/>` +
      `<text class="legend" x="${LEGEND_INDENT}" y="9">${toXml(EDGE_MEANINGS[kind])}</text>`,
  );
}

function short(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

/** Text of XML. Characters that XML does not have, such as most controls, become U+FFFD. */
function toXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

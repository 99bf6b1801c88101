import type { WorkloadResult } from '../../engine/events.ts';
import { formatCount, formatElapsed } from './numbers.ts';
import { workloadLine } from './report-text.ts';
import type { Style } from './style.ts';

/** What one line of the live tree is drawn from. */
export interface TreeNode {
  name: string;
  /** The names of the workloads whose records this one consumes. */
  sources: string[];
  state:
    | { kind: 'waiting' }
    | {
        kind: 'running';
        since: number;
        records: number;
        fillRatio: number;
        retries: number;
        ready: boolean;
        items?: number;
        itemsDone?: number;
      }
    | { kind: 'ended'; result: WorkloadResult };
}

export interface TreeFrame {
  title: string;
  nodes: TreeNode[];
  /** Milliseconds since the epoch. */
  now: number;
  startedAt: number;
  /** Counts up with each redraw; turns the spinner. */
  tick: number;
  columns: number;
  rows: number;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const BAR_CELLS = 8;

/** The lines of one frame: the playbook, then its workloads, consumers indented below their producer. */
export function drawTree(frame: TreeFrame, style: Style): string[] {
  const ended = frame.nodes.filter(({ state }) => state.kind === 'ended').length;
  const elapsed = formatElapsed(frame.now - frame.startedAt);
  const head = `${style.strong(frame.title)}  ${ended}/${frame.nodes.length}  ${elapsed}`;
  const depths = depthsOf(frame.nodes);
  const visible = mostTelling(frame.nodes, Math.max(1, frame.rows - 3));
  const width = Math.min(
    40,
    Math.max(4, ...visible.map(({ name }) => name.length + 2 * (depths.get(name) ?? 0))),
  );
  const hidden = frame.nodes.length - visible.length;
  return [
    head,
    ...visible.map((node) => nodeLine(node, depths.get(node.name) ?? 0, width, frame, style)),
    ...(hidden > 0 ? [style.faint(`  … and ${hidden} more`)] : []),
  ];
}

function nodeLine(
  node: TreeNode,
  depth: number,
  width: number,
  frame: TreeFrame,
  style: Style,
): string {
  const branch = depth === 0 ? '  ' : `  ${'  '.repeat(depth - 1)}└ `;
  const room = Math.max(4, width - 2 * depth);
  const { state } = node;
  switch (state.kind) {
    case 'waiting':
      return style.faint(`${branch}· ${node.name}`);
    case 'ended':
      return `${branch}${workloadLine(node.name, state.result, room, style)}`;
    case 'running': {
      const spinner = SPINNER[frame.tick % SPINNER.length] as string;
      const seconds = Math.max(0.001, (frame.now - state.since) / 1000);
      const parts = [
        `${spinner} ${node.name.padEnd(room)}`,
        state.ready ? 'ready    ' : 'running  ',
        formatElapsed(frame.now - state.since).padStart(8),
      ];
      if (state.items !== undefined) parts.push(`${state.itemsDone ?? 0}/${state.items} items`);
      if (state.retries > 0) parts.push(style.warn(`↻ ${state.retries}`));
      if (state.records > 0) {
        const rate = formatCount(Math.round(state.records / seconds));
        parts.push(`${formatCount(state.records)} records  ${rate}/s  ${bar(state.fillRatio)}`);
      }
      return `${branch}${parts.join('  ')}`;
    }
  }
}

function bar(ratio: number): string {
  const full = Math.round(ratio * BAR_CELLS);
  return `▕${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}▏`;
}

/** When not all fit: what runs, then what failed, then the rest, shown in the playbook's order. */
function mostTelling(nodes: TreeNode[], rows: number): TreeNode[] {
  if (nodes.length <= rows) return nodes;
  const rank = ({ state }: TreeNode): number => {
    if (state.kind === 'running') return 0;
    if (state.kind === 'ended') return state.result.status === 'Failed' ? 1 : 3;
    return 2;
  };
  const chosen = new Set([...nodes].sort((a, b) => rank(a) - rank(b)).slice(0, rows));
  return nodes.filter((node) => chosen.has(node));
}

/** How many producers lie upstream of each, by the longest way; streams have no cycles. */
function depthsOf(nodes: TreeNode[]): Map<string, number> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const depths = new Map<string, number>();
  const depthOf = (node: TreeNode): number => {
    const known = depths.get(node.name);
    if (known !== undefined) return known;
    const producers = node.sources.flatMap((name) => byName.get(name) ?? []);
    const depth = Math.max(-1, ...producers.map(depthOf)) + 1;
    depths.set(node.name, depth);
    return depth;
  };
  for (const node of nodes) depthOf(node);
  return depths;
}

import { PLAYBOOK_CALL } from '../../playbook/call.ts';
import type { EdgeKind, Graph, Lifecycle, Playbook, Workload } from '../../playbook/model.ts';

/** What every format of `ork graph` draws. */
export interface GraphPicture {
  title: string;
  /** In the order of the playbook. */
  nodes: PictureNode[];
  edges: PictureEdge[];
  /** Workloads that streams join, so that they start together; each has at least two members. */
  groups: string[][];
}

export interface PictureNode {
  name: string;
  /** Of a workload that calls a playbook, with its path. */
  module: string;
  /** The policy, of a scheduled workload with its cron expression. */
  lifecycle: string;
  description: string;
  /** What sets it apart from a plain workload. */
  marks: NodeMark[];
}

export type NodeMark = 'failure handler' | 'finally';

export interface PictureEdge {
  from: string;
  to: string;
  kind: EdgeKind;
  /** A port other than `main`, or that a failure handler reads the outcome; else empty. */
  label: string;
  /** Whether `to` decides by the outcome of `from`. */
  handles: boolean;
}

/** What the kinds of edges mean, in the order of a legend. */
export const EDGE_MEANINGS: Readonly<Record<EdgeKind, string>> = {
  stream: 'stream: records flow',
  state: 'state: a template reads the result',
  order: 'order: depends_on',
  trigger: 'trigger: each record starts a run',
};

/** The kinds that a picture has, in the order of a legend. */
export function kindsIn({ edges }: GraphPicture): EdgeKind[] {
  const kinds = Object.keys(EDGE_MEANINGS) as EdgeKind[];
  return kinds.filter((kind) => edges.some((edge) => edge.kind === kind));
}

/** The picture of a valid playbook. */
export function drawPicture(playbook: Playbook, graph: Graph): GraphPicture {
  return {
    title: playbook.name,
    nodes: playbook.workloads.map((workload) => nodeOf(workload, graph)),
    edges: graph.edges.map((edge) => edgeOf(edge, graph)),
    groups: graph.groups.filter(({ length }) => length > 1),
  };
}

function nodeOf(workload: Workload, graph: Graph): PictureNode {
  const marks: NodeMark[] = [];
  if (graph.handlers.has(workload.name)) marks.push('failure handler');
  if (workload.finally) marks.push('finally');
  return {
    name: workload.name,
    module: moduleText(workload.process),
    lifecycle: lifecycleText(workload.lifecycle),
    description: workload.description ?? '',
    marks,
  };
}

function moduleText({ module, params }: Workload['process']): string {
  return module === PLAYBOOK_CALL ? `${module} ${params['path']}` : module;
}

function lifecycleText(lifecycle: Lifecycle): string {
  return lifecycle.policy === 'scheduled' ? `scheduled ${lifecycle.cron}` : lifecycle.policy;
}

function edgeOf({ from, to, kind, port }: Graph['edges'][number], graph: Graph): PictureEdge {
  const handles = kind === 'state' && graph.handlers.get(to)?.has(from) === true;
  const label = port === undefined || port === 'main' ? '' : port;
  return { from, to, kind, handles, label: handles ? 'outcome' : label };
}

/**
 * For layouts: pairs of workloads that make a layout put `finally` workloads below all others, which they
 * follow without an edge.
 */
export function finallyOrder({ nodes, edges }: GraphPicture): [from: string, to: string][] {
  const last = new Set(
    nodes.filter(({ marks }) => marks.includes('finally')).map(({ name }) => name),
  );
  if (last.size === 0) return [];
  const followed = new Set(edges.filter(({ to }) => !last.has(to)).map(({ from }) => from));
  const following = new Set(edges.filter(({ from }) => last.has(from)).map(({ to }) => to));
  const ends = nodes.filter(({ name }) => !last.has(name) && !followed.has(name));
  const starts = [...last].filter((name) => !following.has(name));
  return ends.flatMap(({ name }) => starts.map((start): [string, string] => [name, start]));
}

import fc from 'fast-check';
import type { GraphPicture } from '../../kernel/cli/render/graph-picture.ts';

function node(index: number): GraphPicture['nodes'][number] {
  const name = `w${index}`;
  return { name, module: 'exec', lifecycle: 'run_once', description: '', marks: [] };
}

/** Workloads `w0` to `wN`, each after the one before. */
export function chainOf(length: number): GraphPicture {
  const nodes = Array.from({ length }, (_, index) => node(index));
  const edges = nodes.slice(1).map(({ name: to }, index) => ({
    from: `w${index}`,
    to,
    kind: 'order' as const,
    label: '',
    handles: false,
  }));
  return { title: 'chain', nodes, edges, groups: [] };
}

/** Any graph without cycles, its workloads in any order; a group joins what its first streams join. */
export function pictures(most: number): fc.Arbitrary<GraphPicture> {
  const kind = fc.constantFrom('stream', 'state', 'order', 'trigger' as const);
  return fc
    .record({
      size: fc.integer({ min: 1, max: most }),
      pairs: fc.array(fc.tuple(fc.nat(most), fc.nat(most), kind), { maxLength: 2 * most }),
    })
    .map(({ size, pairs }) => {
      const edges = pairs
        .map(([a, b, kind]) => ({ from: Math.min(a, b), to: Math.max(a, b), kind }))
        .filter(({ from, to }) => from < to && to < size)
        .map(({ from, to, kind }) => ({
          from: `w${from}`,
          to: `w${to}`,
          kind,
          label: '',
          handles: false,
        }));
      const names = Array.from({ length: size }, (_, index) => node(index));
      const streams = edges.filter(({ kind }) => kind === 'stream');
      return { title: 'any', nodes: names.reverse(), edges, groups: groupsOf(streams) };
    });
}

function groupsOf(streams: { from: string; to: string }[]): string[][] {
  const groups: Set<string>[] = [];
  for (const { from, to } of streams) {
    const touched = groups.filter((group) => group.has(from) || group.has(to));
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push(new Set([from, to, ...touched.flatMap((group) => [...group])]));
  }
  return groups.map((group) => [...group]);
}

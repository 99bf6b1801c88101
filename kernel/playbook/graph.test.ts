import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, edgesInsideGroups, findCycles } from './graph.ts';
import type { Edge, EdgeKind, WorkloadName } from './model.ts';
import { asWorkloadName } from './names.ts';

function names(text: string): WorkloadName[] {
  return text.split(' ').map(asWorkloadName);
}

/** Edges written as `a>b` (order), `a~b` (stream) or `a.b` (state). */
function edges(text: string): Edge[] {
  const kinds: Record<string, EdgeKind> = { '>': 'order', '~': 'stream', '.': 'state' };
  return text.split(' ').map((edge) => {
    const [, from = '', sign = '', to = ''] = /^(\w+)([>~.])(\w+)$/.exec(edge) ?? [];
    return { from: asWorkloadName(from), to: asWorkloadName(to), kind: kinds[sign] ?? 'order' };
  });
}

describe('groups', () => {
  it('join workloads that streams connect', () => {
    const { groups } = buildGraph(names('a b c d e'), edges('a~c c~e b>d'));
    expect(groups).toEqual([names('a c e'), names('b'), names('d')]);
  });

  it('may not hold an edge that waits', () => {
    const graph = buildGraph(names('a b c'), edges('a~b b~c a.c b>c'));
    expect(edgesInsideGroups(graph).map(({ kind }) => kind)).toEqual(['state', 'order']);
  });
});

describe('edges', () => {
  it('are kept once', () => {
    expect(buildGraph(names('a b'), edges('a>b a.b a>b')).edges).toHaveLength(2);
  });
});

describe('findCycles', () => {
  it.each([
    ['a>b b>c c>a', [['a', 'b', 'c']]],
    [
      'a>b b>a c>d d>c',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a>b b>c c>d d>b d>a', [['a', 'b', 'c', 'd']]],
    ['a~b b~a', [['a', 'b']]],
    ['a>b a>c b>d c>d', []],
  ])('of %s are %j', (text, expected) => {
    const found = findCycles(buildGraph(names('a b c d'), edges(text)));
    expect(found.map((cycle) => cycle.toSorted())).toEqual(expected);
  });

  it('sees a group as one workload', () => {
    const graph = buildGraph(names('a b c d'), edges('a~b c~d b>c d>a'));
    expect(findCycles(graph)).toEqual([names('b c d a')]);
  });

  it('finds none in a graph whose edges all point forward', () => {
    const pair = fc.tuple(fc.nat(40), fc.nat(40)).filter(([a, b]) => a < b);
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const nodes = Array.from({ length: 41 }, (_, index) => asWorkloadName(`n${index}`));
        const forward = pairs.map(([a, b]) => ({
          from: nodes[a] as WorkloadName,
          to: nodes[b] as WorkloadName,
          kind: 'order' as const,
        }));
        expect(findCycles(buildGraph(nodes, forward))).toEqual([]);
      }),
    );
  });

  it('finds one, made of real edges, wherever an edge points back along a way', () => {
    const way = fc.uniqueArray(fc.nat(30), { minLength: 2, maxLength: 31 });
    const noise = fc.array(fc.tuple(fc.nat(30), fc.nat(30)).filter(([a, b]) => a !== b));
    fc.assert(
      fc.property(way, noise, (steps, extra) => {
        const nodes = Array.from({ length: 31 }, (_, index) => asWorkloadName(`n${index}`));
        const closed = steps.map((step, index) => [step, steps[(index + 1) % steps.length] ?? 0]);
        const all = [...closed, ...extra].map(([a = 0, b = 0]) => ({
          from: nodes[a] as WorkloadName,
          to: nodes[b] as WorkloadName,
          kind: 'state' as const,
        }));
        const [cycle = []] = findCycles(buildGraph(nodes, all));
        expect(cycle.length).toBeGreaterThan(1);
        for (const [index, from] of cycle.entries()) {
          const to = cycle[(index + 1) % cycle.length];
          expect(all.some((edge) => edge.from === from && edge.to === to)).toBe(true);
        }
      }),
    );
  });

  it('takes five thousand workloads in a row without recursion', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) => asWorkloadName(`n${index}`));
    const chain = nodes.slice(1).map((to, index) => ({
      from: nodes[index] as WorkloadName,
      to,
      kind: 'order' as const,
    }));
    expect(findCycles(buildGraph(nodes, chain))).toEqual([]);
    const back = { from: nodes.at(-1) as WorkloadName, to: nodes[0] as WorkloadName };
    const [cycle] = findCycles(buildGraph(nodes, [...chain, { ...back, kind: 'order' }]));
    expect(cycle).toHaveLength(5000);
  });
});

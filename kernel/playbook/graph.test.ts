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
});

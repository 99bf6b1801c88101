import { expect, it } from 'vitest';
import { buildGraph } from './graph.ts';
import type { Edge, EdgeKind } from './model.ts';
import { asWorkloadName } from './names.ts';
import { triggersAbove } from './regions.ts';

function edge(text: string, kind: EdgeKind = 'order'): Edge {
  const [from = '', to = ''] = text.split('>');
  return { from: asWorkloadName(from), to: asWorkloadName(to), kind };
}

function above(edges: Edge[], triggers: string, isMember = (_: string) => true) {
  const nodes = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  const found = triggersAbove(
    buildGraph(nodes, edges),
    triggers.split(' ').map(asWorkloadName),
    isMember,
  );
  return Object.fromEntries(Array.from(found, ([name, names]) => [name, [...names].join(' ')]));
}

it('a trigger is above itself and all that depends on it', () => {
  const edges = [edge('t>a'), edge('a>b', 'state'), edge('b>c', 'stream'), edge('x>c')];
  expect(above(edges, 't')).toEqual({ t: 't', a: 't', b: 't', c: 't' });
});

it('what gives the events is above no one', () => {
  expect(above([edge('s>t', 'trigger'), edge('t>a')], 's')).toEqual({ s: 's' });
});

it('nothing is below what cannot be part of a run', () => {
  const edges = [edge('t>service'), edge('service>a'), edge('t>b')];
  expect(above(edges, 't', (name) => name !== 'service')).toEqual({ t: 't', b: 't' });
});

it('of many triggers two are named, all the way down', () => {
  const edges = [edge('t>a'), edge('u>a'), edge('v>a'), edge('a>b')];
  expect(above(edges, 't u v')).toEqual({ t: 't', u: 'u', v: 'v', a: 't u', b: 't u' });
});

it('a circle has an end', () => {
  expect(above([edge('t>a'), edge('a>b'), edge('b>a')], 't')).toEqual({ t: 't', a: 't', b: 't' });
});

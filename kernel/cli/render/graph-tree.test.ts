import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chainOf, pictures } from '../../../test/support/pictures.ts';
import type { GraphPicture, PictureEdge } from './graph-picture.ts';
import { plantTrees } from './graph-tree.ts';

/** Names with the name they hang below, in the order of the lines. */
function outline(picture: GraphPicture): string[] {
  return plantTrees(picture).map(({ name, by }) => (by ? `${by.from}/${name}` : name));
}

function pictureOf(names: string, edges: Pick<PictureEdge, 'from' | 'to' | 'kind'>[]) {
  return {
    title: 'tree',
    nodes: names.split(' ').map((name) => ({
      name,
      module: 'exec',
      lifecycle: 'run_once',
      description: '',
      marks: [],
    })),
    edges: edges.map((edge) => ({ ...edge, label: '', handles: false })),
    groups: [],
  };
}

it('hangs a workload below the last of those it follows', () => {
  const picture = pictureOf('c b a', [
    { from: 'a', to: 'b', kind: 'order' },
    { from: 'a', to: 'c', kind: 'order' },
    { from: 'b', to: 'c', kind: 'order' },
  ]);
  expect(outline(picture)).toEqual(['a', 'a/b', 'b/c']);
});

it('prefers the stream over later edges', () => {
  const picture = pictureOf('a b c', [
    { from: 'a', to: 'b', kind: 'state' },
    { from: 'a', to: 'c', kind: 'stream' },
    { from: 'b', to: 'c', kind: 'state' },
  ]);
  expect(outline(picture)).toEqual(['a', 'a/b', 'a/c']);
});

it('goes on at the margin where a chain grows too deep', () => {
  const rows = plantTrees(chainOf(45));
  expect(Math.max(...rows.map(({ rails }) => rails.length))).toBe(19);
  const [, second] = rows.filter(({ by }) => by === undefined);
  expect(second).toMatchObject({ name: 'w21', others: [{ from: 'w20' }] });
});

it('shows every workload once and every edge once', () => {
  fc.assert(
    fc.property(pictures(40), (picture) => {
      const rows = plantTrees(picture);
      expect(rows.map(({ name }) => name).toSorted()).toEqual(
        picture.nodes.map(({ name }) => name).toSorted(),
      );
      const edges = rows.flatMap(({ by, others }) => (by ? [by, ...others] : others));
      expect(new Set(edges)).toEqual(new Set(picture.edges));
      expect(edges).toHaveLength(picture.edges.length);
    }),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chainOf, pictures } from '../../../test/support/pictures.ts';
import { type Box, layOut } from './graph-layout.ts';
import type { GraphPicture } from './graph-picture.ts';

function layOutEvenly(picture: GraphPicture) {
  const sizes = picture.nodes.map(() => ({ width: 120, height: 60 }));
  return layOut(
    picture,
    sizes,
    picture.edges.map(() => ({ width: 40, height: 14 })),
  );
}

function overlap(a: Box, b: Box): boolean {
  return (
    Math.abs(a.x - b.x) * 2 < a.width + b.width - 0.01 &&
    Math.abs(a.y - b.y) * 2 < a.height + b.height - 0.01
  );
}

it('lets no two workloads overlap, points edges down, and keeps groups in frames of their own', async () => {
  await fc.assert(
    fc.asyncProperty(pictures(20), async (picture) => {
      const { nodes, groups, edges } = await layOutEvenly(picture);
      for (const [index, node] of nodes.entries()) {
        expect(nodes.slice(index + 1).filter((other) => overlap(node, other))).toEqual([]);
        for (const [number, frame] of groups.entries()) {
          const name = picture.nodes[index]?.name ?? '';
          expect(overlap(node, frame)).toBe(picture.groups[number]?.includes(name));
        }
      }
      for (const { points } of edges) {
        expect(points[0]?.y).toBeLessThan(points.at(-1)?.y ?? 0);
      }
    }),
    { numRuns: 50 },
  );
});

it('refuses more workloads than it can place in a reasonable time', async () => {
  await expect(layOutEvenly(chainOf(501))).rejects.toThrow(
    'svg draws at most 500 workloads; the playbook has 501',
  );
});

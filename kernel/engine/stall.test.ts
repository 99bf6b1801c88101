import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WorkloadName } from '../playbook/model.ts';
import { findWaitCycle } from './stall.ts';
import type { Blockage } from './wiring.ts';

const reads = (...others: string[]): Blockage => ({ until: 'one moves', others: names(others) });
const writes = (...others: string[]): Blockage => ({ until: 'all move', others: names(others) });

function names(list: string[]): WorkloadName[] {
  return list as WorkloadName[];
}

function cycleOf(blockages: Record<string, Blockage[]>): string[] | undefined {
  return findWaitCycle(new Map(Object.entries(blockages)) as Map<WorkloadName, Blockage[]>);
}

test('a diamond whose reader takes one side to its end first gets stuck', () => {
  expect(cycleOf({ a: [writes('c')], b: [reads('a')], c: [writes('d')], d: [reads('b')] })).toEqual(
    ['a', 'c', 'd', 'b'],
  );
});

test('who waits for a workload that does something is not stuck', () => {
  expect(cycleOf({ b: [reads('a')], c: [reads('b')] })).toBeUndefined();
});

test('a reader of several inputs needs only one of them to move', () => {
  const stuck = { a: [writes('c')], c: [writes('d')], b: [reads('a')] };
  expect(cycleOf({ ...stuck, d: [reads('b', 'e')] })).toBeUndefined();
  expect(cycleOf({ ...stuck, d: [reads('b', 'c')] })).toEqual(['a', 'c', 'd', 'b']);
});

test('a writer needs all of its readers to move', () => {
  expect(cycleOf({ a: [writes('b')], c: [writes('a')] })).toBeUndefined();
  expect(cycleOf({ a: [writes('b', 'c')], c: [writes('a')] })).toEqual(['a', 'c']);
});

test('a cycle is always one of workloads that wait for each other in turn', () => {
  const blockage = fc.record({
    until: fc.constantFrom('one moves' as const, 'all move' as const),
    others: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), {
      minLength: 1,
      maxLength: 3,
    }),
  });
  const waiting = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    fc.array(blockage, { minLength: 1, maxLength: 2 }),
  );
  fc.assert(
    fc.property(waiting, (blockages) => {
      const cycle = cycleOf(blockages as Record<string, Blockage[]>);
      for (const [index, name] of (cycle ?? []).entries()) {
        const next = cycle?.[(index + 1) % cycle.length];
        const waitedFor = blockages[name]?.flatMap(({ others }) => others);
        expect(waitedFor).toContain(next);
      }
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WorkloadName } from '../playbook/model.ts';
import { type LaterState, WorkloadStates } from './workload-states.ts';

const names = ['a', 'b', 'c', 'd', 'e'] as WorkloadName[];
const active: LaterState[] = [{ status: 'Running' }, { status: 'Ready' }, { status: 'Stopping' }];
const harmless: LaterState[] = [
  { status: 'Completed' },
  { status: 'Failed', ignored: true },
  { status: 'Skipped', by: 'when' },
  { status: 'Skipped', by: 'selection' },
];
const blocking: LaterState[] = [
  { status: 'Failed', ignored: false },
  { status: 'Skipped', by: 'upstream' },
  { status: 'Skipped', by: 'dry-run' },
  { status: 'Canceled' },
];

test('what is pending, running and open is told in the order of the playbook', () => {
  const change = fc.tuple(
    fc.constantFrom(...names),
    fc.constantFrom(...active, ...harmless, ...blocking),
  );
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const states = new WorkloadStates(names);
      for (const [name, state] of changes) if (states.open.has(name)) states.set(name, state);
      const entries = [...states.entries()];
      const named = (test: (state: (typeof entries)[number][1]) => boolean): WorkloadName[] =>
        entries.filter(([, state]) => test(state)).map(([name]) => name);
      expect([...states.pending]).toEqual(named(({ status }) => status === 'Pending'));
      expect(new Set(states.running)).toEqual(new Set(named(({ status }) => status === 'Running')));
      expect([...states.open]).toEqual(
        named((state) => state.status === 'Pending' || active.includes(state)),
      );
    }),
  );
});

test.each(blocking)('$status $by can keep others from starting', (state) => {
  const states = new WorkloadStates(names);
  states.set('a' as WorkloadName, state);
  expect(states.hasBlocker).toBe(true);
});

test.each([...active, ...harmless])('$status $by keeps nobody from starting', (state) => {
  const states = new WorkloadStates(names);
  states.set('a' as WorkloadName, state);
  expect(states.hasBlocker).toBe(false);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WorkloadName } from '../playbook/model.ts';
import { watchStreams } from './stream-watch.ts';
import type { Blockage } from './wiring.ts';

const [a, b] = ['a', 'b'] as [WorkloadName, WorkloadName];

/** Streams from `a` to `b` with so many records waiting in each. */
function streams(...queued: number[]) {
  const state = { queued, moved: 0, blocked: new Map<WorkloadName, Blockage[]>() };
  const heard: string[] = [];
  const end = watchStreams(
    {
      stats: () =>
        state.queued.map((waiting, index) => ({
          from: a,
          port: `port${index}`,
          to: b,
          stats: {
            written: 0,
            read: 0,
            dropped: 0,
            discarded: 0,
            queued: waiting,
            highWater: 0,
            fillRatio: 0,
            backPressure: 0,
          },
        })),
      moved: () => state.moved,
      blockages: () => state.blocked,
    },
    {
      onStall: (cycle) => heard.push(`stall ${cycle.join()}`),
      onFill: ({ port, stats }) => heard.push(`${port} ${stats.queued}`),
    },
  );
  return { state, heard, end };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('channels in which records wait are told every ten seconds, empty ones are not', () => {
  const { state, heard } = streams(0, 3);
  vi.advanceTimersByTime(9_999);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(heard).toEqual(['port1 3']);
  state.queued = [1, 0];
  vi.advanceTimersByTime(10_000);
  expect(heard).toEqual(['port1 3', 'port0 1']);
});

test('workloads that wait for each other are told once nothing has moved for a second', () => {
  const { state, heard } = streams(1);
  state.blocked = new Map([
    [a, [{ until: 'all move', others: [b] }]],
    [b, [{ until: 'one moves', others: [a] }]],
  ]);
  vi.advanceTimersByTime(1_000);
  expect(heard).toEqual([]);
  state.moved = 1;
  vi.advanceTimersByTime(1_000);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(heard).toEqual(['stall a,b']);
});

test('nothing is looked at without streams, or after the end', () => {
  streams();
  expect(vi.getTimerCount()).toBe(0);
  const { end } = streams(1);
  end();
  expect(vi.getTimerCount()).toBe(0);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../test/support/property-runs.ts';
import { blockOf, linesIn } from '../../test/support/streams.ts';
import { Channel } from './channel.ts';
import { FanIn } from './fan-in.ts';

const never = new AbortController().signal;
const open = (): Channel => new Channel({ records: 1000, bytes: 100_000 });

/** The same inputs, named from another one on. */
function rotated(inputs: number[], seed: number): number[] {
  const start = seed % inputs.length;
  return [...inputs.slice(start), ...inputs.slice(0, start)];
}

test('an input that is always ready does not starve the others, in whatever order they are named', async () => {
  const channels = [open(), open(), open()];
  for (const channel of channels) await channel.write(blockOf(1, 2, 3, 4));
  const inputs = new FanIn(channels);
  const served: number[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const chosen = (await inputs.select([0, 1, 2], never, undefined)) as number;
    served.push(chosen);
    inputs.take(chosen, 1, 100);
  }
  expect(served).toEqual([0, 1, 2, 0, 1, 2]);
});

test('the answer is a place in the list that was asked for', async () => {
  const channels = [open(), open()];
  await channels[1]?.write(blockOf(1));
  const inputs = new FanIn(channels);
  expect(await inputs.select([1, 0], never, undefined)).toBe(0);
  expect(await inputs.select([0], never, 1)).toBeUndefined();
});

test.each([[-1], [2], [0.5], ['0'], ['length'], [null]])('%j is no input of two', (input) => {
  expect(new FanIn([open(), open()]).has(input)).toBe(false);
});

test(
  'between two turns of an input that has records, no other one has more than one',
  async () => {
    const backlog = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 5 });
    const orders = fc.infiniteStream(fc.nat());
    await fc.assert(
      fc.asyncProperty(backlog, orders, async (counts, seeds) => {
        const channels = counts.map(open);
        for (const [index, count] of counts.entries()) {
          if (count > 0) await channels[index]?.write(blockOf(...Array(count).keys()));
        }
        const inputs = new FanIn(channels);
        const waited = counts.map(() => 0);
        for (let left = counts.reduce((sum, count) => sum + count, 0); left > 0; left--) {
          const order = rotated([...counts.keys()], seeds.next().value);
          const place = (await inputs.select(order, never, undefined)) as number;
          const chosen = order[place] as number;
          expect(linesIn(inputs.take(chosen, 1, 100))).toHaveLength(1);
          for (const [index, channel] of channels.entries()) {
            waited[index] = index === chosen || !channel.readable ? 0 : (waited[index] ?? 0) + 1;
            expect(waited[index]).toBeLessThan(counts.length);
          }
        }
      }),
      propertyRuns(200),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

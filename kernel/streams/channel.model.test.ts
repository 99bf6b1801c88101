import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ChannelModel,
  type ModelLimits,
  type ModelWrite,
} from '../../test/support/channel-model.ts';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../test/support/property-runs.ts';
import {
  blockOf,
  linesIn,
  type ObservedWrite,
  observe,
  settled,
} from '../../test/support/streams.ts';
import { OrkError } from '../types/errors.ts';
import { Channel, type OverflowPolicy } from './channel.ts';

interface Real {
  channel: Channel;
  writes: { observed: ObservedWrite; stop: AbortController }[];
  /** Every record gets a number, so that loss, doubling and disorder show. */
  next: number;
}

interface Model {
  channel: ChannelModel;
  limits: ModelLimits;
  writes: ModelWrite[];
}

type Command = fc.AsyncCommand<Model, Real>;

/** Runs one step on both, and then compares all that can be seen from outside. */
function command(name: string, step: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      step(model, real);
      await settled();
      const { queue, written, read, dropped, discarded, state } = model.channel;
      expect(real.channel.stats).toMatchObject({ written, read, dropped, discarded });
      expect(real.channel.stats.queued).toBe(queue.length);
      expect(written).toBe(read + dropped + discarded + queue.length);
      expect(real.channel.readable).toBe(queue.length > 0 || state !== 'open');
      expect(real.writes.map(({ observed }) => observed.end)).toEqual(
        model.writes.map(({ end }) => end),
      );
      expectBounds(model, real);
    },
  };
}

function expectBounds({ channel: { queue }, limits }: Model, { channel }: Real): void {
  const { queued, highWater, fillRatio } = channel.stats;
  const bytes = queue.reduce((sum, record) => sum + record.length + 1, 0);
  expect(queued).toBeLessThanOrEqual(limits.records);
  expect(highWater).toBeLessThanOrEqual(limits.records);
  expect(bytes <= limits.bytes || queued === 1).toBe(true);
  expect(fillRatio).toBeLessThanOrEqual(1);
}

const write = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 9 }).map((lengths) =>
  command(`write(${lengths})`, (model, real) => {
    const records = lengths.map((length) => String(real.next++).padStart(length, '0'));
    const stop = new AbortController();
    real.writes.push({
      stop,
      observed: observe(real.channel.write(blockOf(...records), stop.signal)),
    });
    model.writes.push(model.channel.write(records));
  }),
);

const take = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 60 }))
  .map(([records, bytes]) =>
    command(`take(${records}, ${bytes})`, (model, real) => {
      const { taken, told } = model.channel.take(records, bytes);
      if (told === 'failed') {
        expect(() => real.channel.take(records, bytes)).toThrow('it broke');
        return;
      }
      const block = real.channel.take(records, bytes);
      expect(linesIn(block)).toEqual(taken);
      expect(block.records).toBe(taken.length);
      expect(block.ended).toBe(told === 'ended');
    }),
  );

const cancel = fc.nat(30).map((which) =>
  command(`cancel(${which})`, (model, real) => {
    if (model.writes.length === 0) return;
    const at = which % model.writes.length;
    real.writes[at]?.stop.abort();
    model.channel.cancel(model.writes[at] as ModelWrite);
  }),
);

const finish = fc.constantFrom('ended', 'failed', 'abandoned').map((how) =>
  command(how, (model, real) => {
    if (how === 'ended') real.channel.end();
    if (how === 'failed') real.channel.fail(new OrkError('closed', 'it broke'));
    if (how === 'abandoned') {
      real.channel.abandon('failed');
      if (model.channel.state !== 'abandoned') model.channel.abandon();
    } else model.channel.end(how);
  }),
);

const commands = fc.commands([write, write, take, take, cancel, finish], { maxCommands: 40 });
const limits = fc.record({
  records: fc.integer({ min: 1, max: 12 }),
  bytes: fc.integer({ min: 1, max: 80 }),
});

describe.each<OverflowPolicy>(['block', 'drop_new', 'drop_old', 'fail'])(
  'overflow: %s',
  (overflow) => {
    test(
      'does what the model does, whatever is written, read, canceled, ended and abandoned',
      async () => {
        await fc.assert(
          fc.asyncProperty(limits, commands, async (bounds, all) => {
            const setup = () => ({
              model: { channel: new ChannelModel(bounds, overflow), limits: bounds, writes: [] },
              real: { channel: new Channel({ ...bounds, overflow }), writes: [], next: 0 },
            });
            await fc.asyncModelRun(setup, all);
          }),
          propertyRuns(100),
        );
      },
      PROPERTY_TIMEOUT_MS,
    );
  },
);

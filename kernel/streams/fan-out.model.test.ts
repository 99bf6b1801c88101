import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChannelModel, type ModelWrite } from '../../test/support/channel-model.ts';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../test/support/property-runs.ts';
import {
  blockOf,
  linesIn,
  type ObservedWrite,
  observe,
  settled,
} from '../../test/support/streams.ts';
import { Channel, type Departure, type OverflowPolicy } from './channel.ts';
import { FanOut } from './fan-out.ts';

const LIMITS = { records: 6, bytes: 200 };
const never = new AbortController().signal;

interface Consumer {
  channel: Channel;
  model: ChannelModel;
  departure: Departure | undefined;
  /** What the model's write to it did, of the write that is under way. */
  pending: ModelWrite | undefined;
}

/** A port with its consumers, and beside each real channel the model of it. */
class Bench {
  readonly port: FanOut;
  readonly consumers: Consumer[] = [];
  write: ObservedWrite | undefined;
  #next = 0;
  #ended = false;

  constructor(policies: OverflowPolicy[]) {
    for (const policy of policies) this.consumers.push(this.#make(policy));
    this.port = new FanOut(this.consumers.map(({ channel }) => channel));
  }

  #make(overflow: OverflowPolicy): Consumer {
    const channel = new Channel({ ...LIMITS, overflow });
    const model = new ChannelModel(LIMITS, overflow);
    return { channel, model, departure: undefined, pending: undefined };
  }

  /** A producer is a guest: it writes again only when the last write has returned. */
  offer(count: number): void {
    if (this.#ended || this.write?.end === 'waits') return;
    const records = Array.from({ length: count }, () => String(this.#next++));
    this.write = observe(this.port.write(blockOf(...records), never));
    for (const consumer of this.consumers) {
      consumer.pending =
        consumer.departure === undefined ? consumer.model.write(records) : undefined;
    }
  }

  read(which: number, count: number): void {
    const consumer = this.consumers[which % Math.max(1, this.consumers.length)];
    if (consumer === undefined) return;
    const { taken } = consumer.model.take(count, 1000);
    expect(linesIn(consumer.channel.take(count, 1000))).toEqual(taken);
  }

  join(policy: OverflowPolicy): void {
    const consumer = this.#make(policy);
    this.consumers.push(consumer);
    this.port.attach(consumer.channel);
    if (this.#ended) consumer.model.end('ended');
  }

  leave(which: number, departure: Departure): void {
    const consumer = this.consumers[which % Math.max(1, this.consumers.length)];
    if (consumer === undefined || consumer.departure !== undefined) return;
    consumer.departure = departure;
    consumer.channel.abandon(departure);
    consumer.model.abandon();
  }

  end(): void {
    if (this.write?.end === 'waits') return;
    this.#ended = true;
    this.port.end();
    for (const { model } of this.consumers) model.end('ended');
  }

  compare(): void {
    for (const { channel, model } of this.consumers) {
      const { written, read, dropped, discarded, queue } = model;
      expect(channel.stats).toMatchObject({ written, read, dropped, discarded });
      expect(channel.stats.queued).toBe(queue.length);
    }
    this.#compareWrite();
  }

  /** The write ends with the slowest consumer, and badly only if nobody has taken it. */
  #compareWrite(): void {
    if (this.write === undefined) return;
    const ends = this.consumers.flatMap(({ pending }) => (pending ? [pending.end] : []));
    if (ends.includes('waits')) expect(this.write.end).toBe('waits');
    else if (ends.includes('violation')) expect(this.write.end).toBe('violation');
    else if (ends.some((end) => typeof end === 'object')) {
      const dropped = ends.reduce(
        (sum, end) => sum + (typeof end === 'object' ? end.dropped : 0),
        0,
      );
      expect(this.write.end).toEqual({ dropped });
    } else expect(['closed', { dropped: 0 }]).toContainEqual(this.write.end);
  }
}

const policy = fc.constantFrom<OverflowPolicy>('block', 'block', 'drop_new', 'drop_old', 'fail');
const step = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((count) => (bench: Bench) => bench.offer(count)),
  fc.integer({ min: 1, max: 9 }).map((count) => (bench: Bench) => bench.offer(count)),
  fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 5 })).map(
    ([which, count]) =>
      (bench: Bench) =>
        bench.read(which, count),
  ),
  policy.map((overflow) => (bench: Bench) => bench.join(overflow)),
  fc.tuple(fc.nat(5), fc.constantFrom<Departure>('failed', 'finished', 'absent')).map(
    ([which, departure]) =>
      (bench: Bench) =>
        bench.leave(which, departure),
  ),
  fc.constant((bench: Bench) => bench.end()),
);

test(
  'every consumer gets what its own channel would give it, whoever else comes, goes, or is slow',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(policy, { maxLength: 4 }),
        fc.array(step, { maxLength: 40 }),
        async (policies, steps) => {
          const bench = new Bench(policies);
          for (const run of steps) {
            run(bench);
            await settled();
            bench.compare();
          }
        },
      ),
      propertyRuns(300),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

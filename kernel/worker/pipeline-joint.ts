import { Channel, type Departure } from '../streams/channel.ts';
import { FanOut } from '../streams/fan-out.ts';
import { selectReadable } from '../streams/select.ts';
import type { OrkError } from '../types/errors.ts';
import type { ReadBounds, RecordBlock } from './imports/read-ahead.ts';
import type { RecordSink, RecordSource } from './imports/streams.ts';

/** What waits between two steps: enough that neither has to wait for every batch of the other. */
const LIMITS = { records: 1024, bytes: 1024 * 1024 };

/** The channel between two steps of a pipeline: records stay in this worker, full or empty suspends a guest. */
export class Joint implements RecordSink, RecordSource {
  readonly #channel = new Channel(LIMITS);
  readonly #port = new FanOut([this.#channel]);
  /** No input of the kernel's: it is the only one of its step, and `select` is answered here. */
  readonly index = -1;
  readonly #writing: AbortSignal;
  readonly #reading: AbortSignal;

  /** The signals stop the step before it and the one behind it. */
  constructor(writing: AbortSignal, reading: AbortSignal) {
    this.#writing = writing;
    this.#reading = reading;
  }

  send(bytes: Uint8Array, records: number): Promise<number> {
    return this.#port.write({ bytes, records }, this.#writing);
  }

  /** The step before has ended: with an error, if it has failed. */
  end(failure?: OrkError): void {
    if (failure === undefined) this.#port.end();
    else this.#port.fail(failure);
  }

  /** The step behind has ended, and reads no more. */
  abandon(departure: Departure): void {
    this.#channel.abandon(departure);
  }

  async fetch({ records, bytes }: ReadBounds, wait: number | undefined): Promise<RecordBlock> {
    await selectReadable([this.#channel], this.#reading, wait);
    return this.#channel.take(Math.max(1, records), Math.max(1, bytes));
  }

  async readable(wait: number | undefined): Promise<boolean> {
    return (await selectReadable([this.#channel], this.#reading, wait)) !== undefined;
  }
}

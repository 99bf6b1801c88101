import { OrkError } from '../types/errors.ts';
import { startTimer } from '../types/long-timer.ts';
import { type After, BackPressure, type PressureState } from './back-pressure.ts';
import type { Block } from './block.ts';
import { type QueueLimits, RecordQueue } from './record-queue.ts';

/** What a write does that finds no room. */
export type OverflowPolicy = 'block' | 'drop_new' | 'drop_old' | 'fail';

export interface ChannelOptions extends QueueLimits {
  /** `block` when left out. */
  overflow?: OverflowPolicy;
  /** Hears when the channel begins to overflow, and when that is over. */
  onPressure?: (state: PressureState) => void;
  /** Hears once, when the consumer has left, what the channel has seen; its fill ratio is that at the stream's end. */
  onOver?: (stats: ChannelStats) => void;
  /** For tests: real timers when left out. */
  after?: After;
}

/** What a channel has seen so far: `written = read + dropped + discarded + queued`. */
export interface ChannelStats {
  /** Records that writers got rid of, dropped ones included. */
  written: number;
  read: number;
  /** Records that the overflow policy gave up. */
  dropped: number;
  /** Records that waited when the consumer left. */
  discarded: number;
  /** Records waiting now. */
  queued: number;
  /** The most records that have waited at once. */
  highWater: number;
  /** 0 to 1: how full, by records or bytes, whichever is more. */
  fillRatio: number;
  /** How often a write found no room. */
  backPressure: number;
}

/**
 * How a consumer left: `failed` and `finished` (it completed without reading to the end) tell the
 * producer to stop; `absent` is one that never ran, whose records are discarded.
 */
export type Departure = 'failed' | 'finished' | 'absent';

/** The reason of a write that overflows a channel whose policy is `fail`. */
export const POLICY_VIOLATION = 'stream.policy-violation';

/** From here on down a channel counts as having room again. */
const EASED_FILL_RATIO = 0.5;

interface Writer {
  rest: Block;
  resolve(): void;
  reject(error: OrkError): void;
}

/**
 * A bounded queue of records between one producer and one consumer. The reader takes what is there; a
 * writer that finds no room waits for its turn, or its records or the oldest ones are dropped, or it fails.
 */
export class Channel {
  readonly #overflow: OverflowPolicy;
  readonly #queue: RecordQueue;
  readonly #pressure: BackPressure | undefined;
  readonly #onOver: ((stats: ChannelStats) => void) | undefined;
  #written = 0;
  #read = 0;
  #dropped = 0;
  #discarded = 0;
  #backPressure = 0;
  #writers: Writer[] = [];
  #watchers = new Set<() => void>();
  #state: 'open' | 'ended' | 'abandoned' = 'open';
  #departure: Departure | undefined;
  #fillAtEnd = 0;
  #failure: OrkError | undefined;

  constructor({ records, bytes, overflow, onPressure, onOver, after }: ChannelOptions) {
    this.#overflow = overflow ?? 'block';
    this.#onOver = onOver;
    this.#queue = new RecordQueue({ records, bytes });
    if (onPressure !== undefined)
      this.#pressure = new BackPressure(onPressure, after ?? startTimer);
  }

  get stats(): ChannelStats {
    return {
      written: this.#written,
      read: this.#read,
      dropped: this.#dropped,
      discarded: this.#discarded,
      queued: this.#queue.records,
      highWater: this.#queue.highWater,
      fillRatio: this.#queue.fillRatio,
      backPressure: this.#backPressure,
    };
  }

  /** How the consumer left; undefined while it is there. Afterwards writes fail with `closed`. */
  get departure(): Departure | undefined {
    return this.#departure;
  }

  /** True while a writer waits for room. */
  get congested(): boolean {
    return this.#writers.length > 0;
  }

  /** True when a read would return at once: records, the end, or the producer's failure. */
  get readable(): boolean {
    return this.#queue.records > 0 || this.#state !== 'open';
  }

  /**
   * Resolves when the channel is done with every record, with how many of them or of older ones were
   * dropped. Rejects with `closed` when the consumer is gone, with `canceled` when `signal` fires first, with
   * `resource-exhausted`, `stream.policy-violation`, when the policy is `fail`; records taken until then stay.
   */
  write(block: Block, signal?: AbortSignal): Promise<number> {
    if (this.#state !== 'open') return Promise.reject(closedForWriting());
    switch (this.#overflow) {
      case 'block':
        return this.#writeAll(block, signal);
      case 'drop_old':
        return Promise.resolve(this.#drop(block, this.#queue.displace(block)));
      case 'drop_new':
        return Promise.resolve(this.#drop(block, this.#queue.accept(block).records));
      case 'fail':
        return this.#writeOrFail(block);
    }
  }

  /** No more records will come; what is queued can still be read. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#fillAtEnd = this.#queue.fillRatio;
    const writers = this.#writers;
    this.#writers = [];
    for (const writer of writers) writer.reject(endedForWriting());
    this.#pressure?.close();
    this.#wake();
  }

  /** The producer failed: after what is queued, the reader gets this error instead of the end. */
  fail(error: OrkError): void {
    if (this.#state !== 'open') return;
    this.#failure = error;
    this.end();
  }

  /** The consumer is gone: what is queued is discarded, waiting and later writers get `closed`. */
  abandon(departure: Departure): void {
    if (this.#state === 'abandoned') return;
    if (this.#state === 'open') this.#fillAtEnd = this.#queue.fillRatio;
    this.#state = 'abandoned';
    this.#departure = departure;
    this.#discarded += this.#queue.clear();
    const writers = this.#writers;
    this.#writers = [];
    for (const writer of writers) writer.reject(closedForWriting());
    this.#pressure?.close();
    this.#wake();
    this.#onOver?.({ ...this.stats, fillRatio: this.#fillAtEnd });
  }

  /**
   * What is there now, up to both bounds (at least one record, however large, if there is one).
   * Throws the producer's failure once everything before it has been read.
   */
  take(maxRecords: number, maxBytes: number): Block & { ended: boolean } {
    const taken = this.#queue.take(maxRecords, maxBytes);
    this.#read += taken.records;
    if (taken.records > 0) this.#admitWriters();
    const ended = this.#state === 'ended' && this.#queue.records === 0;
    if (ended && taken.records === 0 && this.#failure !== undefined) throw this.#failure;
    return { ...taken, ended: ended && this.#failure === undefined };
  }

  /** Calls back once, when the channel has become readable; the answer cancels that. */
  onReadable(callback: () => void): () => void {
    if (this.readable) {
      callback();
      return () => {};
    }
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  #writeAll(block: Block, signal: AbortSignal | undefined): Promise<number> {
    const rest = this.#writers.length > 0 ? block : this.#accept(block);
    if (rest.records === 0) return Promise.resolve(0);
    this.#overflowed();
    return this.#waitForRoom(rest, signal);
  }

  #writeOrFail(block: Block): Promise<number> {
    const rest = this.#accept(block);
    if (rest.records === 0) return Promise.resolve(0);
    this.#overflowed();
    return Promise.reject(policyViolation(rest.records, block.records));
  }

  #drop(block: Block, dropped: number): number {
    this.#written += block.records;
    this.#dropped += dropped;
    if (dropped > 0) this.#overflowed();
    this.#wake();
    return dropped;
  }

  #accept(block: Block): Block {
    const rest = this.#queue.accept(block);
    if (rest.records === block.records) return block;
    this.#written += block.records - rest.records;
    this.#wake();
    return rest;
  }

  #overflowed(): void {
    this.#backPressure++;
    this.#pressure?.overflowed();
  }

  #waitForRoom(rest: Block, signal: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(canceled());
        return;
      }
      const abort = (): void => {
        this.#writers = this.#writers.filter((waiting) => waiting !== writer);
        reject(canceled());
        // It may have been the one that did not fit.
        this.#admitWriters();
      };
      const writer: Writer = {
        rest,
        resolve: () => {
          signal?.removeEventListener('abort', abort);
          resolve(0);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', abort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#writers.push(writer);
    });
  }

  #admitWriters(): void {
    for (let writer = this.#writers[0]; writer !== undefined; writer = this.#writers[0]) {
      writer.rest = this.#accept(writer.rest);
      if (writer.rest.records > 0) return;
      this.#writers.shift();
      writer.resolve();
    }
    if (this.#queue.fillRatio <= EASED_FILL_RATIO) this.#pressure?.eased();
  }

  #wake(): void {
    if (this.#watchers.size === 0 || !this.readable) return;
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }
}

function closedForWriting(): OrkError {
  return new OrkError('closed', 'the consumer of this stream is gone', { reason: 'stream.closed' });
}

function endedForWriting(): OrkError {
  return new OrkError('closed', 'this stream has ended', { reason: 'stream.ended' });
}

function canceled(): OrkError {
  return new OrkError('canceled', 'the workload was stopped');
}

function policyViolation(refused: number, offered: number): OrkError {
  const message = `the channel is full: ${refused} of ${offered} records found no room`;
  const hint = "raise the consumer's buffer_size, or let it block or drop (stream_policy)";
  return new OrkError('resource-exhausted', message, { reason: POLICY_VIOLATION, hint });
}

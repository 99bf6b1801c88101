import { OrkError } from '../types/errors.ts';
import { startTimer } from '../types/long-timer.ts';
import { type Block, EMPTY_BLOCK, joinBlocks, splitBlock } from './block.ts';

export interface ChannelLimits {
  records: number;
  bytes: number;
}

/** What a channel has seen so far. */
export interface ChannelStats {
  written: number;
  read: number;
  /** Records waiting now. */
  queued: number;
  /** 0 to 1: how full, by records or bytes, whichever is more. */
  fillRatio: number;
  /** How often a writer had to wait. */
  backPressure: number;
}

/**
 * How a consumer left: `failed` and `finished` (it completed without reading to the end) tell the
 * producer to stop; `absent` is one that never ran, whose records are discarded.
 */
export type Departure = 'failed' | 'finished' | 'absent';

interface Writer {
  rest: Block;
  resolve(): void;
  reject(error: OrkError): void;
}

/**
 * A bounded queue of records between one producer and one consumer. Writers wait while it is full
 * (`overflow: block`), in the order in which they came; the reader takes what is there.
 */
export class Channel {
  readonly #limits: ChannelLimits;
  #queue: Block[] = [];
  #records = 0;
  #bytes = 0;
  #written = 0;
  #backPressure = 0;
  #writers: Writer[] = [];
  #watchers = new Set<() => void>();
  #state: 'open' | 'ended' | 'abandoned' = 'open';
  #departure: Departure | undefined;
  #failure: OrkError | undefined;

  constructor(limits: ChannelLimits) {
    this.#limits = limits;
  }

  get stats(): ChannelStats {
    return {
      written: this.#written,
      read: this.#written - this.#records,
      queued: this.#records,
      fillRatio: Math.min(
        1,
        Math.max(this.#records / this.#limits.records, this.#bytes / this.#limits.bytes),
      ),
      backPressure: this.#backPressure,
    };
  }

  /** How the consumer left; undefined while it is there. Afterwards writes fail with `closed`. */
  get departure(): Departure | undefined {
    return this.#departure;
  }

  /** True when a read would return at once: records, the end, or the producer's failure. */
  get readable(): boolean {
    return this.#records > 0 || this.#state !== 'open';
  }

  /**
   * Resolves when the channel has taken every record. Rejects with `closed` when the consumer is
   * gone, with `canceled` when `signal` fires first; records taken until then stay.
   */
  write(block: Block, signal?: AbortSignal): Promise<void> {
    if (this.#state !== 'open') return Promise.reject(closedForWriting());
    const rest = this.#writers.length > 0 ? block : this.#accept(block);
    if (rest.records === 0) return Promise.resolve();
    this.#backPressure++;
    return this.#waitForRoom(rest, signal);
  }

  /** No more records will come; what is queued can still be read. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#wake();
  }

  /** The producer failed: after what is queued, the reader gets this error instead of the end. */
  fail(error: OrkError): void {
    if (this.#state !== 'open') return;
    this.#failure = error;
    this.end();
  }

  /** The consumer is gone: what is queued is dropped, waiting and later writers get `closed`. */
  abandon(departure: Departure): void {
    if (this.#state === 'abandoned') return;
    this.#state = 'abandoned';
    this.#departure = departure;
    this.#queue = [];
    this.#records = 0;
    this.#bytes = 0;
    const writers = this.#writers;
    this.#writers = [];
    for (const writer of writers) writer.reject(closedForWriting());
    this.#wake();
  }

  /**
   * What is there now, up to both bounds (at least one record, however large, if there is one).
   * Throws the producer's failure once everything before it has been read.
   */
  take(maxRecords: number, maxBytes: number): Block & { ended: boolean } {
    const taken = this.#dequeue(maxRecords, maxBytes);
    if (taken.records > 0) this.#admitWriters();
    const ended = this.#state === 'ended' && this.#records === 0;
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

  #accept(block: Block): Block {
    const roomRecords = this.#limits.records - this.#records;
    const roomBytes = this.#limits.bytes - this.#bytes;
    // An empty channel takes one record of any size: else it could never pass.
    if (roomRecords < 1 || (roomBytes < 1 && this.#records > 0)) return block;
    const [first, rest] = splitBlock(block, roomRecords, roomBytes);
    const fits = first.bytes.length <= roomBytes || this.#records === 0;
    if (!fits || first.records === 0) return block;
    this.#queue.push(first);
    this.#records += first.records;
    this.#bytes += first.bytes.length;
    this.#written += first.records;
    this.#wake();
    return rest;
  }

  #waitForRoom(rest: Block, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#writers = this.#writers.filter((waiting) => waiting !== writer);
        reject(canceled());
      };
      const writer: Writer = {
        rest,
        resolve: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
        reject: (error) => {
          signal?.removeEventListener('abort', abort);
          reject(error);
        },
      };
      if (signal?.aborted) {
        reject(canceled());
        return;
      }
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
  }

  #dequeue(maxRecords: number, maxBytes: number): Block {
    const parts: Block[] = [];
    let records = 0;
    let bytes = 0;
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (records >= maxRecords || (records > 0 && bytes >= maxBytes)) break;
      const [first, rest] = splitBlock(head, maxRecords - records, maxBytes - bytes);
      if (records > 0 && bytes + first.bytes.length > maxBytes) break;
      parts.push(first);
      records += first.records;
      bytes += first.bytes.length;
      if (rest.records > 0) {
        this.#queue[0] = rest;
        break;
      }
      this.#queue.shift();
    }
    this.#records -= records;
    this.#bytes -= bytes;
    return parts.length === 0 ? EMPTY_BLOCK : joinBlocks(parts);
  }

  #wake(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }
}

/** Waits until one of the channels is readable: its index. Undefined when `wait` milliseconds ran out. */
export function selectReadable(
  channels: Channel[],
  signal: AbortSignal,
  wait: number | undefined,
): Promise<number | undefined> {
  const ready = channels.findIndex((channel) => channel.readable);
  if (ready !== -1) return Promise.resolve(ready);
  if (signal.aborted) return Promise.reject(canceled());
  return new Promise((resolve, reject) => {
    const releases: (() => void)[] = [];
    const settle = (finish: () => void): void => {
      for (const release of releases) release();
      finish();
    };
    const abort = (): void => settle(() => reject(canceled()));
    signal.addEventListener('abort', abort, { once: true });
    releases.push(() => signal.removeEventListener('abort', abort));
    if (wait !== undefined) {
      releases.push(startTimer(wait, () => settle(() => resolve(undefined))));
    }
    for (const [index, channel] of channels.entries()) {
      releases.push(channel.onReadable(() => settle(() => resolve(index))));
    }
  });
}

function closedForWriting(): OrkError {
  return new OrkError('closed', 'the consumer of this stream is gone', { reason: 'stream.closed' });
}

function canceled(): OrkError {
  return new OrkError('canceled', 'the workload was stopped');
}

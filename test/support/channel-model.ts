import type { OverflowPolicy } from '../../kernel/streams/channel.ts';

export interface ModelLimits {
  records: number;
  bytes: number;
}

/** How a write ends: `waits` may change, the others are final. */
export type WriteEnd = 'waits' | 'closed' | 'canceled' | 'violation' | { dropped: number };

export interface ModelWrite {
  rest: string[];
  end: WriteEnd;
}

/**
 * A channel as one would describe it to a person: lists of lines, one record at a time, without a thought
 * for speed. What the real one is compared with.
 */
export class ChannelModel {
  queue: string[] = [];
  state: 'open' | 'ended' | 'failed' | 'abandoned' = 'open';
  written = 0;
  read = 0;
  dropped = 0;
  discarded = 0;
  readonly #limits: ModelLimits;
  readonly #policy: OverflowPolicy;
  #waiting: ModelWrite[] = [];

  constructor(limits: ModelLimits, policy: OverflowPolicy) {
    this.#limits = limits;
    this.#policy = policy;
  }

  write(records: string[]): ModelWrite {
    const write: ModelWrite = { rest: [...records], end: 'waits' };
    if (this.state !== 'open') write.end = 'closed';
    else if (records.length === 0) write.end = { dropped: 0 };
    else if (this.#policy === 'block') this.#enqueue(write);
    else if (this.#policy === 'drop_old') this.#displace(write);
    else this.#fill(write);
    return write;
  }

  cancel(write: ModelWrite): void {
    if (write.end !== 'waits') return;
    write.end = 'canceled';
    this.#waiting = this.#waiting.filter((other) => other !== write);
    this.#admit();
  }

  /** The records taken; `ended` and `failed` as the reader learns them. */
  take(
    maxRecords: number,
    maxBytes: number,
  ): { taken: string[]; told: 'more' | 'ended' | 'failed' } {
    const taken: string[] = [];
    let bytes = 0;
    for (let next = this.queue[0]; next !== undefined; next = this.queue[0]) {
      if (taken.length >= maxRecords) break;
      if (taken.length > 0 && bytes + sizeOf(next) > maxBytes) break;
      bytes += sizeOf(next);
      taken.push(next);
      this.queue.shift();
    }
    this.read += taken.length;
    if (taken.length > 0) this.#admit();
    if (this.queue.length > 0 || this.state === 'open') return { taken, told: 'more' };
    if (this.state === 'ended') return { taken, told: 'ended' };
    return { taken, told: this.state === 'failed' && taken.length === 0 ? 'failed' : 'more' };
  }

  end(how: 'ended' | 'failed'): void {
    if (this.state !== 'open') return;
    this.state = how;
    this.#closeWaiting();
  }

  abandon(): void {
    this.state = 'abandoned';
    this.discarded += this.queue.length;
    this.queue = [];
    this.#closeWaiting();
  }

  #fits(record: string): boolean {
    if (this.queue.length === 0) return true;
    const bytes = this.queue.reduce((sum, other) => sum + sizeOf(other), 0);
    return (
      this.queue.length + 1 <= this.#limits.records && bytes + sizeOf(record) <= this.#limits.bytes
    );
  }

  #push(record: string): void {
    this.queue.push(record);
    this.written++;
  }

  #enqueue(write: ModelWrite): void {
    this.#waiting.push(write);
    if (this.#waiting.length === 1) this.#admit();
  }

  #admit(): void {
    for (let write = this.#waiting[0]; write !== undefined; write = this.#waiting[0]) {
      for (let next = write.rest[0]; next !== undefined; next = write.rest[0]) {
        if (!this.#fits(next)) return;
        this.#push(next);
        write.rest.shift();
      }
      write.end = { dropped: 0 };
      this.#waiting.shift();
    }
  }

  #displace(write: ModelWrite): void {
    let dropped = 0;
    for (const record of write.rest) {
      for (; !this.#fits(record); dropped++) this.queue.shift();
      this.#push(record);
    }
    this.dropped += dropped;
    write.end = { dropped };
  }

  /** `drop_new` and `fail` stop at the first record that finds no room. */
  #fill(write: ModelWrite): void {
    const firstOut = write.rest.findIndex((record) => {
      if (!this.#fits(record)) return true;
      this.#push(record);
      return false;
    });
    const out = firstOut < 0 ? 0 : write.rest.length - firstOut;
    if (this.#policy === 'fail' && out > 0) {
      write.end = 'violation';
      return;
    }
    this.written += out;
    this.dropped += out;
    write.end = { dropped: out };
  }

  #closeWaiting(): void {
    for (const write of this.#waiting) write.end = 'closed';
    this.#waiting = [];
  }
}

function sizeOf(record: string): number {
  return Buffer.byteLength(record) + 1;
}

import { OrkError } from '../types/errors.ts';
import type { Block } from './block.ts';
import { type Channel, POLICY_VIOLATION } from './channel.ts';

/** The reason of a write that fails because all consumers completed before the end of the stream. */
export const FINISHED = 'stream.finished';

/** One output port: every record goes to each consumer's own channel. */
export class FanOut {
  #channels: Channel[];
  #written = 0;
  #discarded = 0;
  #end: 'open' | 'ended' | OrkError = 'open';

  constructor(channels: Channel[]) {
    this.#channels = channels;
  }

  get written(): number {
    return this.#written;
  }

  /** True once a record has gone anywhere, if only a part of a write that waits or has failed. */
  get moved(): boolean {
    return this.#written > 0 || this.#channels.some(({ stats }) => stats.written > 0);
  }

  /** Records that no consumer was there to take. */
  get discarded(): number {
    return this.#discarded;
  }

  /** A further consumer: it gets what is written from now on. */
  attach(channel: Channel): void {
    this.#channels = [...this.#channels, channel];
    if (this.#end === 'ended') channel.end();
    else if (this.#end !== 'open') channel.fail(this.#end);
  }

  /** A consumer that goes without a word: as if it had never been there. */
  detach(channel: Channel): void {
    this.#channels = this.#channels.filter((other) => other !== channel);
    channel.abandon('absent');
  }

  /**
   * Resolves when every consumer that is still there has its records, with how many their channels have
   * dropped, all taken together. Records for which nobody ever was are counted and discarded. When all
   * consumers have left, the write fails with `closed`: reason `stream.closed` if one of them failed,
   * `stream.finished` if all had what they wanted. A channel that overflows and may not fails it with
   * `resource-exhausted`, after the others have taken theirs.
   */
  async write(block: Block, signal: AbortSignal): Promise<number> {
    const wanted = this.#channels.filter(isWanted);
    const open = wanted.filter(({ departure }) => departure === undefined);
    const results = await Promise.allSettled(open.map((channel) => channel.write(block, signal)));
    const violation = results.find(isViolation);
    if (violation !== undefined) throw violation.reason;
    const taken = results.filter((result) => result.status === 'fulfilled');
    if (taken.length === 0 && signal.aborted) throw canceled();
    // Asked again: a consumer may have turned out to be absent while this waited for it.
    const gone = wanted.filter(isWanted);
    if (taken.length === 0 && gone.length > 0) throw allGone(gone);
    this.#written += block.records;
    if (taken.length === 0) this.#discarded += block.records;
    return taken.reduce((sum, { value }) => sum + value, 0);
  }

  end(): void {
    if (this.#end === 'open') this.#end = 'ended';
    for (const channel of this.#channels) channel.end();
  }

  fail(error: OrkError): void {
    if (this.#end === 'open') this.#end = error;
    for (const channel of this.#channels) channel.fail(error);
  }
}

function isWanted({ departure }: Channel): boolean {
  return departure !== 'absent';
}

function isViolation(result: PromiseSettledResult<number>): result is PromiseRejectedResult {
  return result.status === 'rejected' && reasonOf(result) === POLICY_VIOLATION;
}

function reasonOf({ reason }: PromiseRejectedResult): string | undefined {
  return reason instanceof OrkError ? reason.reason : undefined;
}

function allGone(channels: Channel[]): OrkError {
  const finished = channels.every(({ departure }) => departure === 'finished');
  const message = finished
    ? 'every consumer of this stream has read what it wanted'
    : 'every consumer of this stream is gone';
  return new OrkError('closed', message, { reason: finished ? FINISHED : 'stream.closed' });
}

function canceled(): OrkError {
  return new OrkError('canceled', 'the workload was stopped');
}

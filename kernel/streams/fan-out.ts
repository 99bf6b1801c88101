import { OrkError } from '../types/errors.ts';
import type { Block } from './block.ts';
import type { Channel } from './channel.ts';

/** The reason of a write that fails because all consumers completed before the end of the stream. */
export const FINISHED = 'stream.finished';

/** One output port: every record goes to each consumer's own channel. */
export class FanOut {
  readonly #channels: Channel[];
  #written = 0;
  #discarded = 0;

  constructor(channels: Channel[]) {
    this.#channels = channels;
  }

  get written(): number {
    return this.#written;
  }

  /** Records that no consumer was there to take. */
  get discarded(): number {
    return this.#discarded;
  }

  /**
   * Resolves when every consumer that is still there has taken every record. Records for which nobody
   * ever was are counted and discarded. When all consumers have left, the write fails with `closed`:
   * reason `stream.closed` if one of them failed, `stream.finished` if all had what they wanted.
   */
  async write(block: Block, signal: AbortSignal): Promise<void> {
    const wanted = this.#channels.filter(({ departure }) => departure !== 'absent');
    if (wanted.length === 0) {
      this.#written += block.records;
      this.#discarded += block.records;
      return;
    }
    const open = wanted.filter(({ departure }) => departure === undefined);
    const results = await Promise.allSettled(open.map((channel) => channel.write(block, signal)));
    if (results.some((result) => result.status === 'fulfilled')) {
      this.#written += block.records;
      return;
    }
    if (signal.aborted) throw new OrkError('canceled', 'the workload was stopped');
    throw allGone(wanted);
  }

  end(): void {
    for (const channel of this.#channels) channel.end();
  }

  fail(error: OrkError): void {
    for (const channel of this.#channels) channel.fail(error);
  }
}

function allGone(channels: Channel[]): OrkError {
  const finished = channels.every(({ departure }) => departure === 'finished');
  const message = finished
    ? 'every consumer of this stream has read what it wanted'
    : 'every consumer of this stream is gone';
  return new OrkError('closed', message, { reason: finished ? FINISHED : 'stream.closed' });
}

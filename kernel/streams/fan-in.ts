import type { Block } from './block.ts';
import type { Channel } from './channel.ts';
import { selectReadable } from './select.ts';

/**
 * The inputs of one consumer. Whichever has waited longest for its turn is chosen first, so that a busy
 * producer never starves the others, in whatever order the consumer names them.
 */
export class FanIn {
  readonly #channels: readonly Channel[];
  /** When each was last read from, counted in reads. */
  readonly #turns: number[];
  #reads = 0;

  constructor(channels: readonly Channel[]) {
    this.#channels = channels;
    this.#turns = channels.map(() => 0);
  }

  /** True for the number of an input. */
  has(input: unknown): input is number {
    return Number.isSafeInteger(input) && this.#channels[input as number] !== undefined;
  }

  /**
   * Waits until one of these inputs is readable: its place in the list. Undefined when `wait` milliseconds
   * ran out. Rejects with `canceled` when `signal` fires.
   */
  async select(
    inputs: readonly number[],
    signal: AbortSignal,
    wait: number | undefined,
  ): Promise<number | undefined> {
    const inTurn = [...inputs.keys()].sort(
      (a, b) => this.#turnOf(inputs[a]) - this.#turnOf(inputs[b]),
    );
    const channels = inTurn.map((place) => this.#channelOf(inputs[place] as number));
    const chosen = await selectReadable(channels, signal, wait);
    return chosen === undefined ? undefined : inTurn[chosen];
  }

  /** What an input holds now, as `Channel.take`. */
  take(input: number, maxRecords: number, maxBytes: number): Block & { ended: boolean } {
    this.#turns[input] = ++this.#reads;
    return this.#channelOf(input).take(maxRecords, maxBytes);
  }

  #turnOf(input: number | undefined): number {
    return this.#turns[input as number] ?? 0;
  }

  #channelOf(input: number): Channel {
    return this.#channels[input] as Channel;
  }
}

import type { CallContext } from '../call-context.ts';
import { ReadAhead, type ReadBounds, type RecordBlock } from './read-ahead.ts';
import type { RecordSink, RecordSource } from './streams.ts';

/** An input whose channel the kernel has: reads wait there. */
export class KernelSource implements RecordSource {
  readonly #call: CallContext;
  readonly #ahead: ReadAhead | undefined;
  readonly index: number;

  /** `alone`: the only input of its call, so that reading ahead hides nothing from `select`. */
  constructor(call: CallContext, index: number, alone: boolean) {
    this.#call = call;
    this.index = index;
    if (alone) this.#ahead = new ReadAhead((bounds, wait) => this.#request(bounds, wait));
  }

  fetch(bounds: ReadBounds, wait: number | undefined): Promise<RecordBlock> {
    return this.#ahead?.read(bounds, wait) ?? this.#request(bounds, wait);
  }

  readable(wait: number | undefined): Promise<boolean> | undefined {
    return this.#ahead?.readable(wait);
  }

  async #request(bounds: ReadBounds, wait: number | undefined): Promise<RecordBlock> {
    const message = await this.#call.peer.request('input.read', {
      call: this.#call.id,
      input: this.index,
      ...bounds,
      wait: wait ?? null,
    });
    return {
      bytes: message.body,
      records: message.header['records'] as number,
      ended: message.header['ended'] === true,
    };
  }
}

/** An output port that the kernel fans out to its consumers. */
export class KernelSink implements RecordSink {
  readonly #call: CallContext;
  readonly #index: number;

  constructor(call: CallContext, index: number) {
    this.#call = call;
    this.#index = index;
  }

  async send(bytes: Uint8Array, records: number): Promise<number> {
    const header = { call: this.#call.id, output: this.#index, records };
    const message = await this.#call.peer.request('output.write', header, bytes);
    return message.header['dropped'] as number;
  }
}

import { OrkError } from '../../types/errors.ts';
import type { CallContext, CurrentCall } from '../call-context.ts';
import { guarded } from './guarded.ts';
import { ReadAhead, type ReadBounds, type RecordBlock } from './read-ahead.ts';

/** Batches above this many bytes are sent in parts, far below the limit of a frame. */
const MAX_SEND_BYTES = 1024 * 1024;
const LINE_FEED = 10;

export interface RecordBatch {
  records: string[];
  ended: boolean;
}

/** `streams.input`: reads wait in the kernel, which owns the channels. */
export class Input {
  readonly #call: CallContext;
  readonly #source: string;
  readonly #ahead: ReadAhead | undefined;
  readonly index: number;

  /** `alone`: the only input of its call, so that reading ahead hides nothing from `select`. */
  constructor(call: CallContext, index: number, source: string, alone: boolean) {
    this.#call = call;
    this.index = index;
    this.#source = source;
    if (alone) this.#ahead = new ReadAhead((bounds, wait) => this.#request(bounds, wait));
  }

  source(): string {
    return this.#source;
  }

  read(maxRecords: number, maxBytes: number, wait: number | undefined): Promise<RecordBatch> {
    return guarded(`reading from ${this.#source}`, async () => {
      const { bytes, ended } = await this.fetch(maxRecords, maxBytes, wait);
      return { records: linesOf(bytes), ended };
    });
  }

  readBlock(maxRecords: number, maxBytes: number, wait: number | undefined): Promise<RecordBlock> {
    return guarded(`reading from ${this.#source}`, () => this.fetch(maxRecords, maxBytes, wait));
  }

  /** As `readBlock`, with the kernel's own errors. */
  fetch(records: number, bytes: number, wait: number | undefined): Promise<RecordBlock> {
    const bounds = { records, bytes };
    return this.#ahead?.read(bounds, wait) ?? this.#request(bounds, wait);
  }

  /** Whether a read would return at once; undefined when only the kernel can tell. */
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

/** `streams.output`: a write returns when every consumer's channel has taken the records. */
export class Output {
  readonly #call: CallContext;
  readonly #name: string;
  readonly index: number;

  constructor(call: CallContext, index: number, name: string) {
    this.#call = call;
    this.index = index;
    this.#name = name;
  }

  name(): string {
    return this.#name;
  }

  write(records: string[]): Promise<number> {
    return guarded(`writing to ${this.#name}`, () => this.sendRecords(records));
  }

  writeBlock(bytes: Uint8Array): Promise<number> {
    return guarded(`writing to ${this.#name}`, () => this.send(bytes, countLines(bytes)));
  }

  /** Sends records, in parts when they are many. Returns how many the channel dropped. */
  async sendRecords(records: string[]): Promise<number> {
    let dropped = 0;
    let from = 0;
    let size = 0;
    for (const [index, record] of records.entries()) {
      if (record.includes('\n')) throw lineFeedInRecord();
      size += record.length + 1;
      if (size < MAX_SEND_BYTES && index + 1 < records.length) continue;
      const part = records.slice(from, index + 1);
      dropped += await this.send(Buffer.from(`${part.join('\n')}\n`), part.length);
      from = index + 1;
      size = 0;
    }
    return dropped;
  }

  async send(bytes: Uint8Array, records: number): Promise<number> {
    if (records === 0) return 0;
    const header = { call: this.#call.id, output: this.index, records };
    const message = await this.#call.peer.request('output.write', header, bytes);
    return message.header['dropped'] as number;
  }
}

/** `ork:module/streams`. */
export function streamsImports(current: CurrentCall): object {
  return {
    Input,
    Output,
    select: (inputs: Input[], wait: number | undefined): Promise<number | undefined> =>
      guarded('select', async () => {
        const here = inputs.length === 1 ? inputs[0]?.readable(wait) : undefined;
        if (here !== undefined) return (await here) ? 0 : undefined;
        const call = current();
        const message = await call.peer.request('streams.select', {
          call: call.id,
          inputs: inputs.map((input) => input.index),
          wait: wait ?? null,
        });
        const index = message.header['index'];
        return typeof index === 'number' ? index : undefined;
      }),
  };
}

/** The lines of a block, without their line feeds. */
export function linesOf(bytes: Uint8Array): string[] {
  if (bytes.length === 0) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - 1).toString('utf8');
  return text.split('\n');
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}

function lineFeedInRecord(): OrkError {
  return new OrkError('invalid-argument', 'a record is JSON text on one line', {
    reason: 'stream.malformed-batch',
    hint: 'write records with JSON.stringify, without indentation',
  });
}

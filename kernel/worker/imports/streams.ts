import { type Block, LINE_FEED, MAX_RECORD_BYTES, splitBlock } from '../../streams/block.ts';
import { OrkError } from '../../types/errors.ts';
import type { CurrentCall } from '../call-context.ts';
import { guarded } from './guarded.ts';
import type { ReadBounds, RecordBlock } from './read-ahead.ts';

/** Batches above this many bytes are sent in parts, far below the limit of a frame. */
const MAX_SEND_BYTES = 1024 * 1024;

export interface RecordBatch {
  records: string[];
  ended: boolean;
}

/** Where the records of an input come from. */
export interface RecordSource {
  /** At least one record, or the end, within both bounds; nothing when `wait` ran out. */
  fetch(bounds: ReadBounds, wait: number | undefined): Promise<RecordBlock>;
  /** Whether a read would return at once, waiting for that; undefined when only the kernel can tell. */
  readable(wait: number | undefined): Promise<boolean> | undefined;
  /** The kernel's number of the input, for `select`. */
  readonly index: number;
}

/** Where the records of an output go. */
export interface RecordSink {
  /** Resolves when they are taken, with how many were dropped. */
  send(bytes: Uint8Array, records: number): Promise<number>;
}

/** `streams.input`. */
export class Input {
  readonly #name: string;
  readonly #from: RecordSource;

  constructor(name: string, from: RecordSource) {
    this.#name = name;
    this.#from = from;
  }

  source(): string {
    return this.#name;
  }

  get index(): number {
    return this.#from.index;
  }

  read(maxRecords: number, maxBytes: number, wait: number | undefined): Promise<RecordBatch> {
    return guarded(`reading from ${this.#name}`, async () => {
      const { bytes, ended } = await this.fetch(maxRecords, maxBytes, wait);
      return { records: linesOf(bytes), ended };
    });
  }

  readBlock(maxRecords: number, maxBytes: number, wait: number | undefined): Promise<RecordBlock> {
    return guarded(`reading from ${this.#name}`, () => this.fetch(maxRecords, maxBytes, wait));
  }

  /** As `readBlock`, with the source's own errors. */
  fetch(records: number, bytes: number, wait: number | undefined): Promise<RecordBlock> {
    return this.#from.fetch({ records, bytes }, wait);
  }

  /** Whether a read would return at once; undefined when only the kernel can tell. */
  readable(wait: number | undefined): Promise<boolean> | undefined {
    return this.#from.readable(wait);
  }
}

/** `streams.output`: a write returns when every consumer's channel has taken the records. */
export class Output {
  readonly #name: string;
  readonly #to: RecordSink;

  constructor(name: string, to: RecordSink) {
    this.#name = name;
    this.#to = to;
  }

  name(): string {
    return this.#name;
  }

  write(records: string[]): Promise<number> {
    return guarded(`writing to ${this.#name}`, () => this.sendRecords(records));
  }

  writeBlock(bytes: Uint8Array): Promise<number> {
    return guarded(`writing to ${this.#name}`, () => this.#sendBlock(wholeRecords(bytes)));
  }

  /** Sends records, in parts when they are many. Returns how many the channel dropped. */
  async sendRecords(records: string[]): Promise<number> {
    let dropped = 0;
    let from = 0;
    let size = 0;
    for (const [index, record] of records.entries()) {
      refuseMalformed(record);
      size += record.length + 1;
      if (size < MAX_SEND_BYTES && index + 1 < records.length) continue;
      const part = records.slice(from, index + 1);
      dropped += await this.#to.send(Buffer.from(`${part.join('\n')}\n`), part.length);
      from = index + 1;
      size = 0;
    }
    return dropped;
  }

  async #sendBlock(block: Block): Promise<number> {
    let dropped = 0;
    for (let rest = block; rest.records > 0; ) {
      const [first, others] = splitBlock(rest, rest.records, MAX_SEND_BYTES);
      dropped += await this.#to.send(first.bytes, first.records);
      rest = others;
    }
    return dropped;
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

/** What a guest calls a block, counted. Throws unless it is whole records of a size that may pass. */
function wholeRecords(bytes: Uint8Array): Block {
  let records = 0;
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    if (end - start > MAX_RECORD_BYTES) throw oversizedRecord(end - start);
    start = end + 1;
    records++;
  }
  if (start === bytes.length) return { bytes, records };
  throw malformed('a block ends with a line feed', 'write whole records only');
}

function refuseMalformed(record: string): void {
  if (record.includes('\n')) {
    const hint = 'write records with JSON.stringify, without indentation';
    throw malformed('a record is JSON text on one line', hint);
  }
  // A character is at most three bytes long.
  if (record.length <= MAX_RECORD_BYTES / 3) return;
  const bytes = Buffer.byteLength(record);
  if (bytes > MAX_RECORD_BYTES) throw oversizedRecord(bytes);
}

function malformed(message: string, hint: string): OrkError {
  return new OrkError('invalid-argument', message, { reason: 'stream.malformed-batch', hint });
}

function oversizedRecord(bytes: number): OrkError {
  return new OrkError(
    'resource-exhausted',
    `a record of ${bytes} bytes exceeds the limit of ${MAX_RECORD_BYTES}`,
    { reason: 'stream.oversized-record', hint: 'split the data into smaller records' },
  );
}

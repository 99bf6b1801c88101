import type { JsonObject } from '../../../kernel/types/json.ts';
import { hostCall, OrkError } from '../errors.ts';
import type { Batch, Block, InputHandle, OutputHandle, StreamsHost } from '../host.ts';

/** One read takes at most this much: large enough to amortize the call, small enough for latency. */
/** As the kernel bounds a record. */
const MAX_RECORD_BYTES = 1024 * 1024;
const READ_RECORDS = 1024;
const READ_BYTES = 1024 * 1024;
/** `push` holds back at most this much. */
const PUSH_RECORDS = 256;
const PUSH_BYTES = 256 * 1024;

/** One input, or several merged in the order in which their records arrive. */
export class Input implements Iterable<JsonObject[]> {
  /** For host functions that take inputs. */
  readonly handles: readonly InputHandle[];
  readonly #host: StreamsHost;

  constructor(handles: readonly InputHandle[], host: StreamsHost) {
    this.handles = handles;
    this.#host = host;
  }

  /** Batches of parsed records. */
  *[Symbol.iterator](): Generator<JsonObject[]> {
    for (const records of this.raw()) {
      yield records.map((record) => JSON.parse(record) as JsonObject);
    }
  }

  /** Parsed records one by one. */
  *records(): Generator<JsonObject> {
    for (const records of this) yield* records;
  }

  /** Batches of records as JSON text. */
  *raw(): Generator<string[]> {
    for (const { records } of this.#drain(readBatch)) if (records.length > 0) yield records;
  }

  /**
   * Batches of records as JSON text, and an empty one whenever `wait` (milliseconds, asked before each
   * read; none: as long as it takes) has run out.
   */
  *polled(wait: () => number | undefined): Generator<string[]> {
    for (const { records, ended } of this.#drain(readBatch, wait)) {
      if (records.length > 0 || !ended) yield records;
    }
  }

  /** Blocks of newline-delimited JSON, for modules that do not look inside. */
  *blocks(): Generator<Block> {
    for (const block of this.#drain(readBlock)) if (block.records > 0) yield block;
  }

  /**
   * Whichever input is ready is read next, the one just read last of all: a producer that feeds two
   * of them is never blocked by the one nobody reads.
   */
  *#drain<T extends { ended: boolean }>(
    read: (input: InputHandle, wait: number | undefined) => T,
    nextWait: () => number | undefined = () => undefined,
  ): Generator<T> {
    const open = [...this.handles];
    while (open.length > 0) {
      const wait = nextWait();
      const ready = open.length === 1 ? 0 : hostCall(() => this.#host.select(open, wait));
      // Nothing ready in time: a read of any of them says so.
      const [input] = open.splice(ready ?? 0, 1);
      if (input === undefined) continue;
      const part = hostCall(() => read(input, ready == null ? 0 : wait));
      if (!part.ended) open.push(input);
      yield part;
    }
  }
}

function readBatch(input: InputHandle, wait: number | undefined): Batch {
  return input.read(READ_RECORDS, READ_BYTES, wait);
}

function readBlock(input: InputHandle, wait: number | undefined): Block {
  return input.readBlock(READ_RECORDS, READ_BYTES, wait);
}

/** One output port. Writing waits for consumers that are slower. */
export class Output {
  /** For host functions that take outputs. */
  readonly handle: OutputHandle;
  #held: string[] = [];
  #heldBytes = 0;

  constructor(handle: OutputHandle) {
    this.handle = handle;
  }

  /** Hands the records on now; returns how many the stream's policy dropped. */
  write(records: readonly JsonObject[]): number {
    return this.writeRaw(records.map(encode));
  }

  /** Records that are JSON text already. */
  writeRaw(records: string[]): number {
    this.flush();
    if (records.length === 0) return 0;
    return hostCall(() => this.handle.write(records));
  }

  /** Newline-delimited JSON, whole records only. */
  writeBlock(bytes: Uint8Array): number {
    this.flush();
    return hostCall(() => this.handle.writeBlock(bytes));
  }

  /** Collects records into batches; the rest is written when `perform` returns. */
  push(record: JsonObject): void {
    const text = encode(record);
    refuseOversized(text);
    this.#held.push(text);
    this.#heldBytes += text.length;
    if (this.#held.length >= PUSH_RECORDS || this.#heldBytes >= PUSH_BYTES) this.flush();
  }

  /** Writes what `push` holds back. */
  flush(): void {
    if (this.#held.length === 0) return;
    const records = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    try {
      hostCall(() => this.handle.write(records));
    } catch (error) {
      if (error instanceof OrkError) writeFailures.add(error);
      throw error;
    }
  }
}

const writeFailures = new WeakSet<OrkError>();

/** True for a failure to write records that were pushed earlier: the one at hand is not to blame. */
export function isWriteFailure(error: OrkError): boolean {
  return writeFailures.has(error);
}

/** The kernel refuses a batch as a whole: a record that is too large must not take others with it. */
function refuseOversized(text: string): void {
  if (text.length <= MAX_RECORD_BYTES / 3) return;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= MAX_RECORD_BYTES) return;
  throw new OrkError(
    'resource-exhausted',
    `A record of ${bytes} bytes exceeds the limit of ${MAX_RECORD_BYTES}.`,
    { reason: 'stream.oversized-record', hint: 'Split the data into smaller records.' },
  );
}

function encode(record: JsonObject): string {
  const text = JSON.stringify(record) as string | undefined;
  if (text?.startsWith('{') !== true) {
    throw new OrkError('internal', `A record must be a JSON object, not ${text ?? typeof record}.`);
  }
  return text;
}

/** The streams of one call. */
export class Streams {
  readonly inputNames: readonly string[];
  readonly #inputs: readonly InputHandle[];
  readonly #outputs: ReadonlyMap<string, Output>;
  readonly #host: StreamsHost;

  constructor(inputs: readonly InputHandle[], outputs: readonly OutputHandle[], host: StreamsHost) {
    this.#host = host;
    this.#inputs = inputs;
    this.inputNames = inputs.length === 0 ? [] : inputs.map((input) => input.source());
    this.#outputs = new Map(outputs.map((handle) => [handle.name(), new Output(handle)]));
  }

  input(name?: string): Input {
    if (name === undefined) return new Input(this.#inputs, this.#host);
    const found = this.#inputs.filter((_, index) => this.inputNames[index] === name);
    if (found.length > 0) return new Input(found, this.#host);
    throw new OrkError('invalid-argument', `No input stream comes from '${name}'.`, {
      reason: 'stream.no-input',
      hint: `Name one of: ${this.inputNames.join(', ') || '(there are none)'}.`,
    });
  }

  output(port: string): Output {
    const found = this.#outputs.get(port);
    if (found !== undefined) return found;
    throw new OrkError('internal', `The module has no output port '${port}'.`, {
      reason: 'stream.no-port',
      hint: 'Declare it in `ports`, and give the module a stream role that writes.',
    });
  }

  flush(): void {
    for (const output of this.#outputs.values()) output.flush();
  }

  /** Gives the handles back: the other ends learn that nobody reads or writes any more. */
  close(): void {
    for (const input of this.#inputs) input[Symbol.dispose]?.();
    for (const output of this.#outputs.values()) output.handle[Symbol.dispose]?.();
  }
}

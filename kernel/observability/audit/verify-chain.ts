import * as z from 'zod';
import { type AuditHead, GENESIS, MAX_LINE_BYTES, type Seal, splitLine } from './audit-chain.ts';

/** What is wrong with a log, and where; only the first thing: what comes after it proves nothing. */
export interface ChainProblem {
  file: string;
  /** Counts from 1. */
  line: number;
  message: string;
}

/** Where a line stands in its log. */
export interface ChainPosition {
  seq: number;
  /** As the line says it. */
  time: string;
  event: string;
}

export interface ChainReport {
  lines: number;
  first: ChainPosition | null;
  last: ChainPosition | null;
  /** Of the lines that are in order. */
  head: AuditHead;
  problem: ChainProblem | null;
}

export interface ChainOptions {
  seal: Seal;
  /** What the last line, or a line before it, is known to be. */
  head?: AuditHead;
}

/** A file of a log, in pieces of any size. */
export interface ChainFile {
  name: string;
  pieces: AsyncIterable<Uint8Array>;
}

const lineFields = z.object({
  seq: z.number().int().min(1),
  time: z.string(),
  event: z.string(),
  prev: z.string(),
});

/** Checks the files of a log, one after the other, oldest first. Keeps one line of them in memory at a time. */
export async function verifyChain(
  files: Iterable<ChainFile>,
  options: ChainOptions,
): Promise<ChainReport> {
  const chain = new Chain(options);
  let [file, line] = ['', 0];
  const report = (message: string | undefined): ChainReport => ({
    ...chain.report(),
    problem: message === undefined ? null : { file, line: Math.max(1, line), message },
  });
  for (const { name, pieces } of files) {
    [file, line] = [name, 0];
    for await (const { bytes, ended } of linesOf(pieces)) {
      line++;
      const problem = ended ? chain.follow(bytes) : problemOfUnended(bytes);
      if (problem !== undefined) return report(problem);
    }
  }
  return report(chain.problemAtEnd());
}

/** The chain as far as it has been followed. */
class Chain {
  readonly #options: ChainOptions;
  #head = GENESIS;
  #lines = 0;
  #first: ChainPosition | null = null;
  #last: ChainPosition | null = null;

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  /** Goes on to the next line, unless something is wrong with it: then says what. */
  follow(line: Buffer): string | undefined {
    const parts = splitLine(line);
    if (parts === undefined) return 'is no line of an audit log, or its hash was changed';
    if (this.#options.seal(parts.sealed) !== parts.hash) return this.#changed();
    const fields = lineFields.safeParse(parseJson(parts.sealed));
    if (!fields.success) return 'has a hash that fits, but is no audit line';
    const { seq, time, event, prev } = fields.data;
    const problem = this.#problemOfPlace(seq, prev) ?? this.#problemOfKnownHead(seq, parts.hash);
    if (problem !== undefined) return problem;
    this.#head = { seq, hash: parts.hash };
    this.#lines++;
    this.#last = { seq, time, event };
    this.#first ??= this.#last;
    return undefined;
  }

  /** What is wrong with a log that ends here. */
  problemAtEnd(): string | undefined {
    const { head } = this.#options;
    if (head !== undefined && this.#head.seq < head.seq) {
      return `is the last one, with seq ${this.#head.seq}: the lines up to seq ${head.seq} were cut off`;
    }
    return this.#lines === 0 ? 'is missing: the log is empty' : undefined;
  }

  report(): Omit<ChainReport, 'problem'> {
    return { lines: this.#lines, first: this.#first, last: this.#last, head: this.#head };
  }

  #changed(): string {
    const message = 'was changed: its hash does not fit';
    return this.#lines === 0 ? `${message} (or the log was made with another key)` : message;
  }

  #problemOfPlace(seq: number, prev: string): string | undefined {
    const expected = this.#head.seq + 1;
    if (seq > expected) {
      const missing = expected === seq - 1 ? `seq ${expected}` : `seq ${expected} to ${seq - 1}`;
      return `has seq ${seq}, and ${missing} should come before it: lines were removed or moved`;
    }
    if (seq < expected)
      return `has seq ${seq} after seq ${expected - 1}: lines were moved or repeated`;
    return prev === this.#head.hash
      ? undefined
      : 'does not follow the line before: one was exchanged';
  }

  #problemOfKnownHead(seq: number, hash: string): string | undefined {
    const { head } = this.#options;
    if (head === undefined || seq !== head.seq || hash === head.hash) return undefined;
    return `has seq ${seq} with another hash than the known head: the log was rewritten`;
  }
}

function problemOfUnended(bytes: Buffer): string {
  return bytes.length > MAX_LINE_BYTES
    ? `is longer than ${MAX_LINE_BYTES} bytes: it is no line of an audit log`
    : 'is cut off before its end';
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}

interface Line {
  /** Without the line feed. */
  bytes: Buffer;
  /** False for what is too long, or has no line feed at its end. */
  ended: boolean;
}

const LINE_FEED = 0x0a;

/** The lines of a file; one that is too long is the last. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    let text = Buffer.concat([rest, piece]);
    for (let end = text.indexOf(LINE_FEED); end !== -1; end = text.indexOf(LINE_FEED)) {
      const ended = end <= MAX_LINE_BYTES;
      yield { bytes: text.subarray(0, end), ended };
      if (!ended) return;
      text = text.subarray(end + 1);
    }
    if (text.length > MAX_LINE_BYTES) {
      yield { bytes: text, ended: false };
      return;
    }
    rest = Buffer.from(text);
  }
  if (rest.length > 0) yield { bytes: rest, ended: false };
}

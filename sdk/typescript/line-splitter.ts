import { concatenate } from './bytes.ts';
import { OrkError } from './errors.ts';

const NEWLINE = 0x0a;
/** Records have at most 1 MiB; a longer line cannot be one. */
const MAX_LINE_BYTES = 1024 * 1024 - 1024;

/** Cuts UTF-8 bytes into lines, however they are divided into chunks. */
export class LineSplitter {
  readonly #overflow: 'split' | 'fail';
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  /** What happens to a line that is too long for a record: it is cut in two, or an error. */
  constructor(overflow: 'split' | 'fail') {
    this.#overflow = overflow;
  }

  /** The lines that `bytes` completes, without their newlines. */
  push(bytes: Uint8Array): string[] {
    const end = bytes.lastIndexOf(NEWLINE);
    if (end < 0) return this.#hold(bytes);
    const text = this.#take(bytes.subarray(0, end));
    const overflow = this.#hold(bytes.subarray(end + 1));
    return text.split('\n').concat(overflow);
  }

  /** The last line, if it has no newline. */
  end(): string[] {
    return this.#pendingBytes === 0 ? [] : [this.#take(new Uint8Array(0))];
  }

  #take(last: Uint8Array): string {
    const bytes = concatenate([...this.#pending, last]);
    this.#pending = [];
    this.#pendingBytes = 0;
    // Not the decoder's default: a byte order mark is dropped once, by whoever reads a whole file.
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }

  #hold(bytes: Uint8Array): string[] {
    if (bytes.length === 0) return [];
    // The host may use the buffer again.
    this.#pending.push(bytes.slice());
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes <= MAX_LINE_BYTES) return [];
    if (this.#overflow === 'split') return [this.#take(new Uint8Array(0))];
    throw new OrkError('resource-exhausted', `A line is longer than ${MAX_LINE_BYTES} bytes.`, {
      reason: 'text.line-too-long',
      hint: 'Records hold at most 1 MiB; is this really a file of lines?',
    });
  }
}

import { concatenate } from '../bytes.ts';

/** Keeps the last `limit` bytes of what is appended. */
export class TailBuffer {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** True once bytes were let go. */
  get truncated(): boolean {
    return this.#truncated;
  }

  append(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    let first = this.#chunks[0];
    // Whole chunks go as soon as they can; the cut within a chunk waits for `bytes()`.
    while (first !== undefined && this.#size - first.length >= this.#limit) {
      if (first.length > 0) this.#truncated = true;
      this.#chunks.shift();
      this.#size -= first.length;
      first = this.#chunks[0];
    }
    if (this.#size > this.#limit) this.#truncated = true;
  }

  bytes(): Uint8Array {
    const all = concatenate(this.#chunks);
    return all.subarray(Math.max(0, all.length - this.#limit));
  }

  /** As UTF-8; a character that the cut has split is left out. */
  text(): string {
    const bytes = this.bytes();
    let start = 0;
    if (this.#truncated) while (start < 3 && isContinuation(bytes[start])) start += 1;
    return new TextDecoder().decode(bytes.subarray(start));
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

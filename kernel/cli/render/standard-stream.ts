import { fstatSync, writeSync } from 'node:fs';

/** What a pipe takes at once or not at all: `PIPE_BUF` of Linux, in bytes. */
const DIRECT_BYTES = 4096;

/**
 * Standard output or standard error. Node's stream for it is only made where it is needed, because the parts of Node behind it
 * take six milliseconds to load, a sixth of what an empty Node takes.
 */
export class StandardStream {
  readonly #fd: number;
  readonly #open: () => NodeJS.WriteStream;
  #stream: NodeJS.WriteStream | undefined;
  #direct = DIRECT_BYTES;

  /** `open` gives Node's stream of the descriptor; it is asked at most once. */
  constructor(fd: number, open: () => NodeJS.WriteStream) {
    this.#fd = fd;
    this.#open = open;
  }

  get stream(): NodeJS.WriteStream {
    if (this.#stream === undefined) {
      this.#stream = this.#open();
      // Each write tells of its own failure.
      this.#stream.on('error', () => {});
    }
    return this.#stream;
  }

  get isTerminal(): boolean {
    return this.#isDevice() && this.stream.isTTY === true;
  }

  /** Resolves once the text has been handed over. Rejects with the error of the system. */
  write(text: string): Promise<void> {
    const rest = this.#writeDirectly(text);
    if (rest.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.stream.write(rest, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Writes the first, short texts without a stream. What is left is for the stream, which tells what stands in the way. */
  #writeDirectly(text: string): string | Buffer {
    if (this.#stream !== undefined || text.length > this.#direct) return text;
    const bytes = Buffer.from(text);
    if (bytes.length > this.#direct) return bytes;
    try {
      const written = writeSync(this.#fd, bytes);
      this.#direct -= written;
      return bytes.subarray(written);
    } catch {
      return bytes;
    }
  }

  #isDevice(): boolean {
    try {
      return fstatSync(this.#fd).isCharacterDevice();
    } catch {
      return false;
    }
  }
}

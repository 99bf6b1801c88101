import { MASK } from './mask.ts';
import { type Find, TextWindow } from './text-window.ts';

/**
 * Redacts a text that comes in chunks, cut anywhere. It holds back only what may be the beginning of a
 * secret, so at most one code unit less than the longest form of one.
 */
export class StreamRedactor {
  readonly #window: TextWindow;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The secret at the start of the window has had its mask. */
  #masked = false;

  constructor(find: Find) {
    this.#window = new TextWindow(find);
  }

  /** What can be said by now. Bytes are UTF-8; what is not becomes U+FFFD. */
  push(chunk: string | Uint8Array): string {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true });
    this.#window.append(text, false);
    return this.#take(this.#window.open);
  }

  /** The rest. */
  end(): string {
    this.#window.append(this.#decoder.decode(), true);
    return this.#take(this.#window.text.length);
  }

  #take(length: number): string {
    if (length === 0) return '';
    const { text, intervals } = this.#window;
    const wasMasked = this.#masked;
    this.#masked = false;
    let taken = '';
    let from = 0;
    for (const { start, end } of intervals) {
      if (start >= length) break;
      taken += text.slice(from, start);
      if (start > 0 || !wasMasked) taken += MASK;
      this.#masked = end > length;
      from = Math.min(end, length);
    }
    taken += text.slice(from, length);
    this.#window.drop(length);
    return taken;
  }
}

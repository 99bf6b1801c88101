import type { Interval } from './form-matcher.ts';
import { mask } from './mask.ts';
import { type Find, TextWindow, union } from './text-window.ts';

/** What a line may show of a secret that goes on in the next one; holding back less would delay most lines. */
const MAX_SHOWN_UNITS = 5;

/** A line that may be shown, and what came with it. */
export interface RedactedLine<Item> {
  text: string;
  item: Item;
}

interface HeldLine<Item> extends RedactedLine<Item> {
  /** Where it begins in the window. */
  start: number;
}

/**
 * Redacts a text that comes in lines, a secret that is broken over several of them included. A line that
 * ends with more than the first five units of a secret is held back until it is clear what it is.
 */
export class LineRedactor<Item> {
  readonly #find: Find;
  readonly #window: TextWindow;
  #held: HeldLine<Item>[] = [];

  constructor(find: Find) {
    this.#find = find;
    this.#window = new TextWindow(find);
  }

  /** The lines that may be shown by now, in order. */
  push(text: string, item: Item): RedactedLine<Item>[] {
    this.#held.push({ text, item, start: this.#window.text.length });
    this.#window.append(`${text}\n`, false);
    return this.#release(
      ({ text, start }) => start + text.length <= this.#window.open + MAX_SHOWN_UNITS,
    );
  }

  /** The lines that were held back. The text may go on afterwards. */
  end(): RedactedLine<Item>[] {
    this.#window.append('', true);
    return this.#release(() => true);
  }

  #release(isSafe: (line: HeldLine<Item>) => boolean): RedactedLine<Item>[] {
    const unsafe = this.#held.findIndex((line) => !isSafe(line));
    const count = unsafe < 0 ? this.#held.length : unsafe;
    const released = this.#held.slice(0, count).map((line) => this.#redact(line));
    this.#held = this.#held.slice(count);
    this.#drop(Math.min(this.#window.open, this.#held[0]?.start ?? this.#window.open));
    return released;
  }

  #redact({ text, item, start }: HeldLine<Item>): RedactedLine<Item> {
    const alone = this.#find(text, { start: true, end: true }).intervals;
    const joined = within(this.#window.intervals, start, text.length);
    return { text: mask(text, union(alone, joined)), item };
  }

  #drop(length: number): void {
    this.#window.drop(length);
    for (const line of this.#held) line.start -= length;
  }
}

/** What of the intervals lies in a line, as seen from its start. */
function within(intervals: readonly Interval[], from: number, length: number): Interval[] {
  return intervals.flatMap(({ start, end }) => {
    const inside = { start: Math.max(0, start - from), end: Math.min(length, end - from) };
    return inside.start < inside.end ? [inside] : [];
  });
}

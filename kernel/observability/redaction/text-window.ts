import { add, type CutEnds, type Found, type Interval } from './form-matcher.ts';

/** How a window looks for secrets; the secrets may become more from one time to the next. */
export type Find = (text: string, cut: CutEnds) => Found;

/**
 * The part of an endless text in which a secret may still be going on. What has been found stays found
 * when its beginning has left the window.
 */
export class TextWindow {
  readonly #find: Find;
  #text = '';
  #intervals: Interval[] = [];
  #open = 0;
  /** Nothing has left the window: its start is the start of all. */
  #whole = true;

  constructor(find: Find) {
    this.#find = find;
  }

  get text(): string {
    return this.#text;
  }

  get intervals(): readonly Interval[] {
    return this.#intervals;
  }

  /** Where what may become a secret begins; the end of the window if nothing may. */
  get open(): number {
    return this.#open;
  }

  /** `last`: no more will follow. */
  append(text: string, last: boolean): void {
    this.#text += text;
    const { intervals, open } = this.#find(this.#text, { start: this.#whole, end: last });
    this.#intervals = union(this.#intervals, intervals);
    this.#open = open;
  }

  /** Lets go of the first `length` code units. */
  drop(length: number): void {
    if (length === 0) return;
    this.#whole = false;
    this.#text = this.#text.slice(length);
    this.#open = Math.max(0, this.#open - length);
    this.#intervals = this.#intervals
      .filter(({ end }) => end > length)
      .map(({ start, end }) => ({ start: Math.max(0, start - length), end: end - length }));
  }
}

/** Both, in order and joined where they touch. */
export function union(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  const byEnd = [...a, ...b].sort((one, other) => one.end - other.end);
  for (const { start, end } of byEnd) add(joined, start, end);
  return joined;
}

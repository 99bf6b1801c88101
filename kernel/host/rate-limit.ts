const SECOND_MS = 1000;

/** So much in each second, counted from the first of it; `last` is said once when it is used up. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  #windowStart = Number.NEGATIVE_INFINITY;
  #used = 0;
  #told = false;

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  admit(amount: number): 'admit' | 'last' | 'drop' {
    const now = this.#now();
    if (now - this.#windowStart >= SECOND_MS) {
      this.#windowStart = now;
      this.#used = 0;
      this.#told = false;
    }
    this.#used += amount;
    if (this.#used <= this.#perSecond) return 'admit';
    const verdict = this.#told ? 'drop' : 'last';
    this.#told = true;
    return verdict;
  }
}

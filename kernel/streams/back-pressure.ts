/** `engaged`: the channel overflows; `released`: it has not done so for a while and has room again. */
export type PressureState = 'engaged' | 'released';

/** Calls back after so many milliseconds; the answer cancels that. */
export type After = (milliseconds: number, callback: () => void) => () => void;

/** A channel that fills and empties with every batch is under pressure all the time. */
const CALM_MS = 1000;

/** Tells when a channel comes under pressure and when that is over, and not of the flutter in between. */
export class BackPressure {
  readonly #report: (state: PressureState) => void;
  readonly #after: After;
  #state: PressureState = 'released';
  #cancelRelease: (() => void) | undefined;

  constructor(report: (state: PressureState) => void, after: After) {
    this.#report = report;
    this.#after = after;
  }

  /** A record found no room. */
  overflowed(): void {
    this.#cancelRelease?.();
    this.#cancelRelease = undefined;
    this.#become('engaged');
  }

  /** Nobody waits any more and there is room: if it stays so, the pressure is over. */
  eased(): void {
    if (this.#state === 'released' || this.#cancelRelease !== undefined) return;
    this.#cancelRelease = this.#after(CALM_MS, () => this.close());
  }

  /** The channel carries no more records. */
  close(): void {
    this.#cancelRelease?.();
    this.#cancelRelease = undefined;
    this.#become('released');
  }

  #become(state: PressureState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#report(state);
  }
}

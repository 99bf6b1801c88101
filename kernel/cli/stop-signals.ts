import type { Console } from './render/output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What the signals act on, once it is there. */
export interface Stoppable {
  interrupt(): void;
  kill(): Promise<void>;
}

/**
 * The first signal lets what runs end by itself, the second ends it at once. It listens from the
 * start of the command on: a signal that comes before the run interrupts it as soon as it begins.
 */
export class StopSignals {
  readonly #console: Console;
  #run: Stoppable | undefined;
  #asked = false;
  readonly #onSignal = (): void => {
    if (this.#asked) {
      void this.#run?.kill();
      return;
    }
    this.#asked = true;
    this.#console.err('stopping: what runs may end by itself; interrupt again to end it at once\n');
    this.#run?.interrupt();
  };

  constructor(console: Console) {
    this.#console = console;
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  /** True once a signal has come. */
  get asked(): boolean {
    return this.#asked;
  }

  attach(run: Stoppable): void {
    this.#run = run;
    if (this.#asked) run.interrupt();
  }

  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}

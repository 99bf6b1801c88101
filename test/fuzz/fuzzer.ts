import { readCorpus } from './corpus.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import { requireCleanPrototypes, type Target } from './target.ts';

/** Inputs that did something new are mutated further; more than these are not held. */
const MAX_POOL = 5000;

/** Runs a target with mutated inputs, one after another. The same seed gives the same inputs. */
export class Fuzzer {
  readonly #target: Target;
  readonly #random: Random;
  readonly #pool: [string, ...string[]];
  readonly #seen = new Set<string>();

  constructor(target: Target, seed: number) {
    this.#target = target;
    this.#random = new Random(seed);
    this.#pool = ['', ...readCorpus(target).map(({ text }) => text)];
  }

  /** How many different things have happened. */
  get behaviours(): number {
    return this.#seen.size;
  }

  /** The next input to run. */
  next(): string {
    const context = { corpus: this.#pool, words: this.#target.words };
    return mutate(this.#random.pick(this.#pool), this.#random, context);
  }

  /** Runs an input; throws when something happened that must not. */
  async run(input: string): Promise<void> {
    const behaviour = await runOnce(this.#target, input);
    if (this.#seen.has(behaviour)) return;
    this.#seen.add(behaviour);
    if (this.#pool.length < MAX_POOL) this.#pool.push(input);
  }
}

/** Runs an input and sees that it has left nothing behind. */
export async function runOnce(target: Target, input: string): Promise<string> {
  const behaviour = await target.run(input);
  requireCleanPrototypes();
  return behaviour;
}

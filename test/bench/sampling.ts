/** One of several commands or calls that are compared; each call of `sample` yields one figure. */
export interface Contestant {
  name: string;
  sample(): Promise<number>;
  /** Fewer rounds than the others, for what is slow. */
  rounds?: number;
}

export interface Summary {
  name: string;
  median: number;
  min: number;
  max: number;
  samples: number[];
}

/**
 * Takes turns (A B A B …), so that what else goes on in the machine hits all alike. One turn of each
 * comes first and is thrown away.
 */
export async function interleave(contestants: Contestant[], rounds: number): Promise<Summary[]> {
  const samples = contestants.map((): number[] => []);
  for (const { sample, rounds: own } of contestants) if (own === undefined) await sample();
  for (let round = 0; round < rounds; round++) {
    for (const [index, { sample, rounds: own = rounds }] of contestants.entries()) {
      if (round < own) samples[index]?.push(await sample());
    }
  }
  return contestants.map(({ name }, index) => summarize(name, samples[index] ?? []));
}

export function summarize(name: string, samples: number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    name,
    median: medianOf(sorted),
    min: sorted.at(0) ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    samples,
  };
}

function medianOf(sorted: number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Milliseconds that an action takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

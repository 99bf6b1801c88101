import { describe, expect, test } from 'vitest';
import { readCorpus } from '../fuzz/corpus.ts';
import { Fuzzer, runOnce } from '../fuzz/fuzzer.ts';
import { TARGETS } from '../fuzz/targets.ts';

/** Another seed than that of the long runs would only make failures harder to repeat. */
const SEED = 1;
const RUNS: Record<string, number> = { playbook: 200, template: 400, expression: 1500 };

describe.each(TARGETS)('fuzzing: $name', (target) => {
  const corpus = readCorpus(target);

  test('has a corpus', () => expect(corpus.length).toBeGreaterThan(3));

  test.each(corpus)('$file', async ({ text }) => {
    expect(await runOnce(target, text)).toBeTypeOf('string');
  });

  test('no mutated input does what must not happen', async () => {
    const fuzzer = new Fuzzer(target, SEED);
    for (let runs = 0; runs < (RUNS[target.name] ?? 0); runs++) {
      const input = fuzzer.next();
      await expect(fuzzer.run(input), JSON.stringify(input)).resolves.toBeUndefined();
    }
    expect(fuzzer.behaviours).toBeGreaterThan(20);
  }, 60_000);
});

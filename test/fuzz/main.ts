/**
 * `npm run fuzz -- [--minutes 10] [--target NAME] [--seed N]`: mutates inputs for as long as it is told
 * and ends with 1 at the first finding, whose input is kept in the corpus. Each target runs in a thread,
 * so that an input which never ends is seen.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { keepInput } from './corpus.ts';
import type { Progress } from './fuzz-thread.ts';
import type { Target } from './target.ts';
import { TARGETS, targetNamed } from './targets.ts';

/** No input may take longer, in milliseconds, however busy the machine is. */
const WATCHDOG_MS = 5_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    target: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

async function main(): Promise<void> {
  const targets = values.target === undefined ? TARGETS : [targetNamed(values.target)];
  const share = (Number(values.minutes) * 60_000) / targets.length;
  if (!(share > 0)) throw new Error('--minutes takes a number above 0');
  for (const target of targets) {
    const finding = await fuzz(target, share);
    if (finding === undefined) continue;
    console.error(`${target.name}: ${finding.what}\nkept as ${keepInput(target, finding.input)}`);
    process.exitCode = 1;
    return;
  }
}

interface FoundInput {
  what: string;
  input: string;
}

async function fuzz(target: Target, milliseconds: number): Promise<FoundInput | undefined> {
  const workerData = { target: target.name, seed: Number(values.seed), milliseconds };
  const worker = new Worker(new URL('./fuzz-thread.ts', import.meta.url), { workerData });
  let watchdog: NodeJS.Timeout | undefined;
  let input = '';
  const found = new Promise<FoundInput | undefined>((resolve) => {
    const tooLong = () => resolve({ what: `an input takes longer than ${WATCHDOG_MS} ms`, input });
    worker.on('error', (error) => resolve({ what: String(error), input }));
    worker.on('message', (progress: Progress) => {
      if (progress.kind === 'input') {
        input = progress.input;
        watchdog ??= setTimeout(tooLong, WATCHDOG_MS);
        watchdog.refresh();
      } else if (progress.kind === 'failed') {
        resolve({ what: progress.what, input });
      } else {
        const { runs, behaviours } = progress;
        console.log(
          `${target.name}: ${runs} inputs, ${behaviours} behaviours, seed ${values.seed}`,
        );
        resolve(undefined);
      }
    });
  });
  try {
    return await found;
  } finally {
    clearTimeout(watchdog);
    await worker.terminate();
  }
}

await main();

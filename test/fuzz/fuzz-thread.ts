/** Runs one target until its time is over; started by `main.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Fuzzer } from './fuzzer.ts';
import { targetNamed } from './targets.ts';

export type Progress =
  | { kind: 'input'; input: string }
  | { kind: 'failed'; what: string }
  | { kind: 'done'; runs: number; behaviours: number };

interface Order {
  target: string;
  seed: number;
  milliseconds: number;
}

async function work({ target, seed, milliseconds }: Order): Promise<Progress> {
  const fuzzer = new Fuzzer(targetNamed(target), seed);
  const end = Date.now() + milliseconds;
  let runs = 0;
  for (; Date.now() < end; runs++) {
    const input = fuzzer.next();
    tell({ kind: 'input', input });
    try {
      await fuzzer.run(input);
    } catch (error) {
      return { kind: 'failed', what: error instanceof Error ? (error.stack ?? '') : String(error) };
    }
  }
  return { kind: 'done', runs, behaviours: fuzzer.behaviours };
}

function tell(progress: Progress): void {
  parentPort?.postMessage(progress);
}

tell(await work(workerData as Order));

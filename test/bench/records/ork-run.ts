/** Moves records through the workers of one case: `node ork-run.ts CASE COUNT`. */
import { Host } from '../host-api.ts';
import { caseNamed } from './cases.ts';
import { readArguments, tell } from './outcome.ts';
import { BLOCK_RECORDS, blocksOf } from './source.ts';

const { name, count } = readArguments();
const { stages, together } = caseNamed(name);
const steps = stages.map(({ module, params }) => ({ module, params, reusable: true }));
const pipeline = {
  module: 'stream:pipeline',
  params: { steps: stages.map(({ module, params }) => ({ module, params })) },
  reusable: true,
};
const calls = together ? [pipeline] : steps;
const workerFlags = (process.env['BENCH_WORKER_FLAGS'] ?? '').split(' ').filter(Boolean);
const sandbox = process.env['BENCH_SANDBOX'] === 'none' ? 'none' : undefined;
const host = new Host(process.cwd(), 'sources', workerFlags, sandbox);
const workers = await Promise.all(calls.map(() => host.startWorker()));
await host.stream(workers, calls, blocksOf(BLOCK_RECORDS));
const start = performance.now();
const received = await host.stream(workers, calls, blocksOf(count));
await tell({ ...received, milliseconds: performance.now() - start });
// Workers that are profiled write their profile when they lose the kernel; a kill would prevent it.
if (workerFlags.length === 0) await host.close();
process.exit(0);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildStandardLibrary } from '../../kernel/components/build/build-library.ts';
import { ModuleRegistry } from '../../kernel/components/registry.ts';
import { type PerformOutcome, perform } from '../../kernel/host/perform.ts';
import { WorkerPool } from '../../kernel/host/worker-pool.ts';
import { DEFAULT_SECURITY_CONTEXT } from '../../kernel/sandbox/launch-plan.ts';
import { LaunchPlanner } from '../../kernel/sandbox/launch-planner.ts';
import type { StreamWait } from '../../kernel/streams/stream-wait.ts';
import { checkout } from '../support/ork.ts';

let library: string;
let registry: ModuleRegistry;
const pool = new WorkerPool();

beforeAll(async () => {
  library = await mkdtemp(path.join(tmpdir(), 'ork-faulty-'));
  const modulesDirectory = path.join(checkout, 'test/fixtures/modules');
  await buildStandardLibrary({ modulesDirectory, outputDirectory: library });
  registry = ModuleRegistry.load(library);
});

afterAll(async () => {
  await pool.close();
  await rm(library, { recursive: true });
});

/** One call in a real worker, stopped `limit` milliseconds after it has begun, with a grace of 200. */
async function fail(how: string, limit = 20_000): Promise<PerformOutcome> {
  const launches = new LaunchPlanner({
    workspace: library,
    moduleFolders: [library],
    hostEnvironment: process.env,
  });
  const worker = await pool.acquire(launches.plan(DEFAULT_SECURITY_CONTEXT, 'pure'));
  const { component } = registry.get('faulty');
  // Else a slow start could be what the limit ends.
  await worker.load(component);
  const request = {
    component,
    module: 'faulty',
    workload: 'w',
    instance: 'i',
    attempt: 1,
    params: { how },
    capabilities: [],
    dryRun: false,
    reusable: false,
    paths: { workspace: library, read: [], write: [] },
    onLoaded: () => {},
    wiring: {
      inputs: [],
      outputs: [],
      waits: new Set<StreamWait>(),
      onLog: () => {},
      onReady: () => {},
      onDenied: () => {},
    },
  };
  return perform(worker, request, AbortSignal.timeout(limit), 200);
}

test.each([
  ['an error that it did not foresee', 'throw', 'internal', 'something unforeseen'],
  ['a trap', 'recurse', 'module.trap', 'trapped'],
  ['a promise for a result', 'promise', 'module.async', 'without async'],
  ['a summary that is no object', 'bad_summary', 'module.bad-summary', 'not a JSON object'],
  ['memory without end', 'hoard', 'internal', 'out of memory'],
])('%s fails the call alone', async (_, how, reason, text) => {
  const outcome = await fail(how);
  expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'internal', reason } });
  const { error } = outcome as { error: { message: string; hint?: string } };
  expect(`${error.message} ${error.hint}`).toContain(text);
});

test('an endless loop costs the worker its life when its grace has passed', async () => {
  expect(await fail('loop', 500)).toMatchObject({
    kind: 'failed',
    error: { code: 'unavailable', reason: 'worker.killed' },
  });
});

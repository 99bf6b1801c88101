/**
 * `npm run build:cache`: lets workers run a module of each kind once, and keeps the compiled code of the worker in
 * `build/worker-cache/`. In a sandbox nothing can be added to it: whoever could, could have code run elsewhere.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ModuleRegistry } from '../kernel/components/registry.ts';
import { prepareModule } from '../kernel/engine/pipeline.ts';
import { perform } from '../kernel/host/perform.ts';
import { WorkerProcess } from '../kernel/host/worker-process.ts';
import { CODE_FLAGS } from '../kernel/sandbox/launch-plan.ts';
import { Channel } from '../kernel/streams/channel.ts';
import { FanOut } from '../kernel/streams/fan-out.ts';
import type { JsonObject } from '../kernel/types/json.ts';

const FOLDER = path.resolve('build/worker-cache');
/** What is being built is never seen half done. */
const STAGING = `${FOLDER}.new`;
const ENTRIES = ['kernel/worker/start.ts', 'dist/kernel/worker/start.js'];
const GRACE_MS = 1000;
/** The worker writes the code after it has answered. */
const WRITING_MS = 300;

const CALLS: [module: string, params: JsonObject][] = [
  ['exec', { command: ['true'] }],
  ['filesystem:stat', { path: 'package.json' }],
  ['data:map', { fields: { a: 'record.a' } }],
  ['control:identity', {}],
];

const registry = ModuleRegistry.load(path.resolve('build/modules'));
await rm(STAGING, { recursive: true, force: true });
for (const entry of ENTRIES.filter((file) => existsSync(file))) {
  for (const [module, params] of CALLS) await rehearse(path.resolve(entry), module, params);
}
await rm(FOLDER, { recursive: true, force: true });
await rename(STAGING, FOLDER);

function endedChannel(): Channel {
  const channel = new Channel({ records: 1, bytes: 1024 });
  channel.end();
  return channel;
}

async function rehearse(entry: string, module: string, params: JsonObject): Promise<void> {
  const worker = WorkerProcess.start({
    key: entry,
    command: process.execPath,
    args: [...CODE_FLAGS, entry, STAGING, 'keep'],
    env: { PATH: process.env['PATH'] ?? '' },
    cwd: process.cwd(),
    notEnforced: [],
  });
  const outcome = await perform(
    worker,
    {
      ...prepareModule(registry, module, params).request,
      workload: 'build',
      instance: 'build',
      attempt: 1,
      dryRun: false,
      paths: { workspace: process.cwd(), read: [], write: [] },
      onLoaded: () => {},
      wiring: {
        inputs: [{ source: 'build', channel: endedChannel() }],
        outputs: [{ name: 'main', port: new FanOut([]) }],
        waits: new Set(),
        onLog: () => {},
        onReady: () => {},
        onDenied: () => {},
      },
    },
    new AbortController().signal,
    GRACE_MS,
  );
  if (outcome.kind === 'failed') throw outcome.error;
  await new Promise((resolve) => setTimeout(resolve, WRITING_MS));
  worker.kill();
  await worker.gone();
}

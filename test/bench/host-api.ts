/** The only file here that knows the kernel's host API; everything else goes through the CLI. */
import { randomUUID } from 'node:crypto';
import module from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { ModuleRegistry } from '../../kernel/components/registry.ts';
import type { PreparedModule } from '../../kernel/engine/pipeline.ts';
import { type PerformRequest, perform } from '../../kernel/host/perform.ts';
import { WorkerPool } from '../../kernel/host/worker-pool.ts';
import type { WorkerProcess } from '../../kernel/host/worker-process.ts';
import { effectiveManifest, PIPELINE } from '../../kernel/playbook/pipeline.ts';
import { DEFAULT_SECURITY_CONTEXT, type LaunchPlan } from '../../kernel/sandbox/launch-plan.ts';
import { LaunchPlanner } from '../../kernel/sandbox/launch-planner.ts';
import type { Block } from '../../kernel/streams/block.ts';
import { Channel } from '../../kernel/streams/channel.ts';
import { FanOut } from '../../kernel/streams/fan-out.ts';
import { selectReadable } from '../../kernel/streams/select.ts';
import type { JsonObject } from '../../kernel/types/json.ts';
import { CHECKOUT } from './installation.ts';

export interface Call {
  module: string;
  params: JsonObject;
  /** Whether an instance that has served other calls may serve this one, if the module allows it. */
  reusable: boolean;
}

export interface Received {
  records: number;
  bytes: number;
}

/** A worker, as far as the benchmark looks at it. */
export interface Worker {
  readonly pid: number;
  readonly ready: Promise<void>;
}

/** A stream policy's defaults. */
const LIMITS = { records: 1024, bytes: 4 * 1024 * 1024 };
const NEVER = new AbortController().signal;
const GRACE_MS = 1000;
const BUILT_WORKER = path.join(CHECKOUT, 'dist/kernel/worker/start.js');

/** Workers and modules of this checkout. */
export class Host {
  readonly #registry = ModuleRegistry.load(path.join(CHECKOUT, 'build', 'modules'));
  readonly #pool = new WorkerPool();
  readonly #plan: LaunchPlan;
  readonly #workspace: string;

  /** `workerFlags` are for Node, e.g. `--cpu-prof`. */
  constructor(
    workspace: string,
    from: 'dist' | 'sources',
    workerFlags: string[] = [],
    sandbox?: 'none',
  ) {
    useCompileCache();
    this.#workspace = workspace;
    const launches = new LaunchPlanner({
      workspace,
      moduleFolders: [this.#registry.folder],
      hostEnvironment: process.env,
      ...(sandbox === undefined ? {} : { sandbox }),
    });
    const plan = launches.plan(DEFAULT_SECURITY_CONTEXT, 'pure');
    this.#plan = { ...plan, args: [...workerFlags, ...withEntry(plan.args, from)] };
  }

  startWorker(): Promise<WorkerProcess> {
    return this.#pool.acquire(this.#plan);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** One call without streams. Rejects unless it completes. */
  async call(worker: Worker, call: Call): Promise<void> {
    await this.#perform(worker, call, { inputs: [], outputs: [] });
  }

  /** What `source` yields passes through the calls, each in the worker of the same place. */
  async stream(workers: Worker[], calls: Call[], source: Iterable<Block>): Promise<Received> {
    const channels = [...calls, undefined].map(() => new Channel(LIMITS));
    const stages = calls.map(async (call, index) => {
      const [input, output] = channels.slice(index) as [Channel, Channel];
      await this.#stage(workers[index] as Worker, call, input, output);
    });
    const received = receiveAll(channels.at(-1) as Channel);
    await Promise.all([sendAll(source, channels[0] as Channel), ...stages]);
    return received;
  }

  async #stage(worker: Worker, call: Call, input: Channel, output: Channel): Promise<void> {
    const main = new FanOut([output]);
    const find = (module: string) => this.#registry.find(module);
    const ports = effectiveManifest(call.module, call.params, find)?.ports ?? [];
    const others = ports.map((name) => ({ name, port: new FanOut([]) }));
    await this.#perform(worker, call, {
      inputs: [{ source: 'bench', channel: input }],
      outputs: [{ name: 'main', port: main }, ...others],
    });
    main.end();
  }

  async #prepare(call: Call): Promise<PreparedModule['request']> {
    if (call.module !== PIPELINE) {
      const { component, manifest } = this.#registry.get(call.module);
      return { ...call, component, capabilities: manifest.capabilities };
    }
    // Only here: what it loads makes the heap larger, and that is measured too.
    const { prepareModule } = await import('../../kernel/engine/pipeline.ts');
    return prepareModule(this.#registry, call.module, call.params).request;
  }

  async #perform(
    worker: Worker,
    call: Call,
    streams: Pick<PerformRequest['wiring'], 'inputs' | 'outputs'>,
  ): Promise<void> {
    const request: PerformRequest = {
      ...(await this.#prepare(call)),
      workload: 'bench',
      instance: randomUUID(),
      attempt: 1,
      dryRun: false,
      paths: { workspace: this.#workspace, read: [], write: [] },
      onLoaded: () => {},
      wiring: {
        ...streams,
        waits: new Set(),
        onLog: () => {},
        onReady: () => {},
        onDenied: () => {},
      },
    };
    const outcome = await perform(worker as WorkerProcess, request, NEVER, GRACE_MS);
    if (outcome.kind === 'failed') throw outcome.error;
    if (outcome.kind === 'paused') throw new Error(`${call.module} paused`);
  }
}

/** The worker's code from the bundle, when that is what is measured. */
function withEntry(args: string[], from: 'dist' | 'sources'): string[] {
  if (from === 'sources') return args;
  return args.map((arg) => (arg.endsWith('/kernel/worker/start.ts') ? BUILT_WORKER : arg));
}

/** As the launcher of `ork` does it; workers share the folder. */
function useCompileCache(): void {
  const caches = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  module.enableCompileCache(path.join(caches, 'ork', 'compile'));
}

async function sendAll(source: Iterable<Block>, channel: Channel): Promise<void> {
  for (const block of source) await channel.write(block);
  channel.end();
}

async function receiveAll(channel: Channel): Promise<Received> {
  const received = { records: 0, bytes: 0 };
  for (let ended = false; !ended; ) {
    await selectReadable([channel], NEVER, undefined);
    const block = channel.take(LIMITS.records, LIMITS.bytes);
    received.records += block.records;
    received.bytes += block.bytes.length;
    ended = block.ended;
  }
  return received;
}

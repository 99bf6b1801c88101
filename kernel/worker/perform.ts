import type { Peer } from '../frames/peer.ts';
import { OrkError } from '../types/errors.ts';
import { isJsonObject, type JsonObject } from '../types/json.ts';
import type { CallContext, PathGrants } from './call-context.ts';
import type { Invocation } from './component.ts';
import { KernelSink, KernelSource } from './imports/kernel-streams.ts';
import { Input, Output } from './imports/streams.ts';
import type { InstancePool } from './instance-pool.ts';

const DEFAULT_GRACE_MS = 10_000;

/** The idle instances of a component, by the file of its bindings. */
export type PoolOf = (glue: string) => Promise<InstancePool>;

/** What one instance reads from and writes to. */
export interface CallStreams {
  inputs: Input[];
  outputs: Output[];
}

/** One `perform` in this worker: made from the kernel's request, ended once. */
export class PerformCall implements CallContext {
  readonly id: number;
  readonly workload: string;
  readonly peer: Peer;
  readonly paths: PathGrants;
  readonly dryRun: boolean;
  readonly privateFolder: string;
  readonly #request: JsonObject;
  readonly #stop = new AbortController();
  readonly #releases: (() => void)[] = [];
  #grace = DEFAULT_GRACE_MS;

  constructor(peer: Peer, request: JsonObject) {
    this.peer = peer;
    this.#request = request;
    this.id = request['call'] as number;
    this.workload = request['workload'] as string;
    this.paths = request['paths'] as unknown as PathGrants;
    this.dryRun = request['dryRun'] === true;
    this.privateFolder = request['privateFolder'] as string;
  }

  /** Whether the module's own manifest, not only its family's, names the capability. */
  declares(capability: string): boolean {
    const declared = this.#request['capabilities'];
    return Array.isArray(declared) && declared.includes(capability);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  grace(): number {
    return this.#grace;
  }

  onEnd(release: () => void): void {
    this.#releases.push(release);
  }

  /** Waiting host functions return `canceled`; after `grace` milliseconds the kernel ends this worker. */
  cancel(grace: number): void {
    this.#grace = grace;
    this.#stop.abort();
  }

  /** Releases at once what the call holds, programs included: the kernel is gone. */
  abandon(): void {
    for (const release of this.#releases.splice(0).reverse()) release();
  }

  /** The header to answer with: a summary, or how the module failed. Never rejects. */
  async run(poolOf: PoolOf, streams: CallStreams = this.streams()): Promise<JsonObject> {
    const reusable = this.#request['reusable'] === true;
    try {
      const instances = await poolOf(this.#request['component'] as string);
      const instance = await instances.take(reusable);
      const { inputs, outputs } = streams;
      const summary = await instance.perform(this, this.#invocation(), inputs, outputs);
      // Only after a clean end: what a failed call has left behind, nobody knows.
      if (reusable) instances.giveBack(instance);
      return { summary: parseSummary(summary) };
    } catch (thrown) {
      return outcomeOf(thrown);
    } finally {
      this.abandon();
    }
  }

  #invocation(): Invocation {
    const request = this.#request;
    const deadline = request['deadline'];
    return {
      module: request['module'] as string,
      workload: this.workload,
      instance: request['instance'] as string,
      attempt: request['attempt'] as number,
      params: JSON.stringify(request['params']),
      deadline: typeof deadline === 'number' ? BigInt(deadline) : undefined,
      dryRun: this.dryRun,
    };
  }

  /** The streams that the kernel has for this call. */
  streams(): CallStreams {
    const sources = this.#request['inputs'] as string[];
    const names = this.#request['outputs'] as string[];
    const alone = sources.length === 1;
    return {
      inputs: sources.map((source, at) => new Input(source, new KernelSource(this, at, alone))),
      outputs: names.map((name, at) => new Output(name, new KernelSink(this, at))),
    };
  }
}

/** Two channels of command output at their default bound, and what escaping adds to them. */
const MAX_SUMMARY_BYTES = 4 * 1024 * 1024;

function parseSummary(text: string): JsonObject {
  if (text.length > MAX_SUMMARY_BYTES) throw summaryTooLarge(text.length);
  const summary: unknown = JSON.parse(text);
  if (isJsonObject(summary)) return summary;
  throw new OrkError('internal', 'the module returned a summary that is not a JSON object', {
    reason: 'module.bad-summary',
  });
}

/** `failed` and `paused` are the contract's `failure` variant; anything else is a trap. */
function outcomeOf(thrown: unknown): JsonObject {
  const failure = failureOf(thrown);
  if (failure?.tag === 'failed') {
    const { error, summary } = failure.val;
    const kept = typeof summary === 'string' && summary.length <= MAX_SUMMARY_BYTES;
    return { error, summary: kept ? JSON.parse(summary) : null };
  }
  if (failure?.tag === 'paused') return { paused: failure.val };
  if (thrown instanceof OrkError) return { error: { ...thrown.toDetails() } };
  return { error: trapped(thrown) };
}

type Failure =
  | { tag: 'failed'; val: { error: JsonObject; summary?: string } }
  | { tag: 'paused'; val: JsonObject };

function failureOf(thrown: unknown): Failure | undefined {
  const candidates = [thrown, (thrown as { payload?: unknown } | null)?.payload];
  return candidates.find(
    (candidate): candidate is Failure =>
      typeof candidate === 'object' &&
      candidate !== null &&
      'tag' in candidate &&
      (candidate.tag === 'failed' || candidate.tag === 'paused'),
  );
}

function summaryTooLarge(bytes: number): OrkError {
  return new OrkError(
    'resource-exhausted',
    `the summary has ${bytes} bytes, more than the ${MAX_SUMMARY_BYTES} that a summary may have`,
    {
      reason: 'module.summary-too-large',
      hint: 'keep less of the output (max_output, max), or stream it to another workload',
    },
  );
}

/** A trap of WebAssembly, or the host's own stack that ran out below the guest. */
function trapped(thrown: unknown): JsonObject {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const details = new OrkError('internal', `the module trapped: ${message}`, {
    reason: 'module.trap',
    hint: 'this is a fault of the module, not of the playbook: report it to its author',
  }).toDetails();
  return { ...details };
}

import { randomUUID } from 'node:crypto';
import type { ModuleRegistry } from '../components/registry.ts';
import type { LogLine } from '../host/call-session.ts';
import { type PerformOutcome, type PerformRequest, perform } from '../host/perform.ts';
import type { WorkerPool } from '../host/worker-pool.ts';
import type { Workload } from '../playbook/model.ts';
import { unenforceable } from '../sandbox/demands.ts';
import { planLaunch } from '../sandbox/launch.ts';
import type { Departure } from '../streams/channel.ts';
import { FINISHED } from '../streams/fan-out.ts';
import { asOrkError, OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { startTimer } from '../types/long-timer.ts';
import type { WorkloadResult } from './events.ts';
import { prepareModule } from './pipeline.ts';
import type { WorkloadStreams } from './wiring.ts';

/** Milliseconds that an attempt has, after its timeout or a stop, to end by itself. */
const TIMEOUT_GRACE_MS = 5_000;

/** What running one workload needs of its run. */
export interface RunnerContext {
  registry: ModuleRegistry;
  pool: WorkerPool;
  workspace: string;
  hostEnvironment: NodeJS.ProcessEnv;
  /** Fires when the run is stopped. */
  stop: AbortSignal;
  /** Milliseconds that workloads have to end by themselves once the run is stopped. */
  stopGrace(): number;
  now(): number;
  /** Renders templates with what the run knows by now. */
  render(value: Json, workload: Workload): Promise<Json>;
  onLog(workload: Workload, line: LogLine): void;
  onStarted(workload: Workload): void;
}

/**
 * Runs one workload to its end: `when`, params, one attempt in a worker that it has to itself. Never rejects:
 * whatever goes wrong is the workload's result.
 */
export async function runWorkload(
  workload: Workload,
  streams: WorkloadStreams,
  context: RunnerContext,
): Promise<WorkloadResult> {
  const startedAt = context.now();
  const result = await attempt(workload, streams, context).catch(
    (error): PartialResult => failed(asOrkError(error)),
  );
  settleStreams(workload, streams, result);
  const recordsOut = streams.outputs.reduce((sum, { port }) => sum + port.written, 0);
  return { ...result, startedAt, durationMs: context.now() - startedAt, recordsOut };
}

type PartialResult = Omit<WorkloadResult, 'startedAt' | 'durationMs'>;

async function attempt(
  workload: Workload,
  streams: WorkloadStreams,
  context: RunnerContext,
): Promise<PartialResult> {
  if (!(await isWanted(workload, context))) return skippedByWhen();
  const rendered = await context.render(workload.process.params, workload);
  const prepared = prepareModule(context.registry, workload.process.module, rendered);
  const refusal = unenforceable(workload.securityContext);
  if (refusal !== undefined) throw refusal;
  const launch = planLaunch(workload.securityContext, context.workspace, context.hostEnvironment);
  const worker = context.pool.acquire(launch);
  const limit = startLimit(workload.timeout, context.stop);
  context.onStarted(workload);
  try {
    const request: PerformRequest = {
      ...prepared.request,
      workload: workload.name,
      instance: randomUUID(),
      attempt: 1,
      dryRun: false,
      paths: { workspace: context.workspace, ...workload.securityContext.filesystem },
      wiring: {
        ...streams,
        onLog: (line) => context.onLog(workload, line),
        onReady: () => {},
      },
    };
    if (workload.timeout !== undefined) request.deadline = context.now() + workload.timeout;
    const grace = Math.min(TIMEOUT_GRACE_MS, context.stopGrace());
    const outcome = await perform(worker, request, limit.signal, grace);
    return resultOf(workload, outcome, limit.passed());
  } finally {
    limit.release();
    await context.pool.release(worker, limit.passed() === undefined);
  }
}

interface AttemptLimit {
  signal: AbortSignal;
  /** Which limit the attempt ran into, if any. */
  passed(): 'timeout' | 'stop' | undefined;
  release(): void;
}

/** Ends the attempt when its timeout has passed or the run is stopped, and remembers which came first. */
function startLimit(timeout: number | undefined, stop: AbortSignal): AttemptLimit {
  const limit = new AbortController();
  let passed: 'timeout' | 'stop' | undefined;
  const pass = (which: 'timeout' | 'stop'): void => {
    passed ??= which;
    limit.abort();
  };
  const onStop = (): void => pass('stop');
  const cancelTimer =
    timeout === undefined ? undefined : startTimer(timeout, () => pass('timeout'));
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    signal: limit.signal,
    passed: () => passed,
    release: () => {
      cancelTimer?.();
      stop.removeEventListener('abort', onStop);
    },
  };
}

function resultOf(
  workload: Workload,
  outcome: PerformOutcome,
  passed: 'timeout' | 'stop' | undefined,
): PartialResult {
  if (passed === 'timeout') return failed(timeoutError(workload), summaryOf(outcome));
  if (outcome.kind === 'completed') return completed(outcome.summary);
  // Like a program in a shell's pipe whose reader has seen enough.
  if (outcome.kind === 'failed' && outcome.error.reason === FINISHED) {
    return completed(outcome.summary ?? {});
  }
  if (passed === 'stop') return canceled();
  return failed(errorOf(outcome), summaryOf(outcome));
}

async function isWanted(workload: Workload, context: RunnerContext): Promise<boolean> {
  if (workload.when === undefined) return true;
  const wanted = await context.render(workload.when, workload);
  if (typeof wanted === 'boolean') return wanted;
  throw new OrkError(
    'invalid-argument',
    `\`when\` of '${workload.name}' must yield true or false, not ${JSON.stringify(wanted)}`,
    { reason: 'workload.when-not-boolean', hint: 'compare, e.g. {{ .count > 0 }}' },
  );
}

/** The ends of its streams: consumers see the end or the failure, producers see the reader gone. */
function settleStreams(workload: Workload, streams: WorkloadStreams, result: PartialResult): void {
  const clean = result.status === 'Completed' || result.status === 'Skipped';
  for (const { port } of streams.outputs) {
    if (clean || workload.ignoreErrors) port.end();
    else port.fail(upstreamFailed(workload.name));
  }
  for (const { channel } of streams.inputs) channel.abandon(departureOf(workload, result));
}

function departureOf({ ignoreErrors }: Workload, { status }: PartialResult): Departure {
  if (status === 'Completed') return 'finished';
  return status === 'Skipped' || ignoreErrors ? 'absent' : 'failed';
}

function completed(summary: JsonObject): PartialResult {
  return { status: 'Completed', summary, error: null, attempts: 1 };
}

function failed(error: OrkError, summary: JsonObject | null = null): PartialResult {
  return { status: 'Failed', summary, error: error.toDetails(), attempts: 1 };
}

function canceled(): PartialResult {
  const error = new OrkError('canceled', 'the run was stopped').toDetails();
  return { status: 'Canceled', summary: null, error, attempts: 1 };
}

function skippedByWhen(): PartialResult {
  return {
    status: 'Skipped',
    summary: null,
    error: null,
    attempts: 0,
    reason: '`when` was false',
  };
}

function summaryOf(outcome: PerformOutcome): JsonObject | null {
  return outcome.kind === 'paused' ? null : (outcome.summary ?? null);
}

function errorOf(outcome: PerformOutcome): OrkError {
  if (outcome.kind === 'failed') return outcome.error;
  return new OrkError('failed-precondition', 'the module paused, and `ork run` cannot wait', {
    reason: 'workload.paused',
    hint: 'pausing needs the daemon',
  });
}

function timeoutError(workload: Workload): OrkError {
  return new OrkError('timeout', `'${workload.name}' did not end within ${workload.timeout} ms`, {
    reason: 'workload.timeout',
    hint: 'raise `timeout`, or find out what it waits for',
  });
}

function upstreamFailed(workload: string): OrkError {
  return new OrkError('closed', `the producer '${workload}' failed before its stream had ended`, {
    reason: 'stream.upstream-failed',
  });
}

import { type PerformOutcome, type PerformRequest, perform } from '../host/perform.ts';
import { outOfMemory } from '../host/worker-death.ts';
import type { WorkerProcess } from '../host/worker-process.ts';
import { PLAYBOOK_CALL } from '../playbook/call.ts';
import type { SecurityContext, Workload } from '../playbook/model.ts';
import type { WorkloadState } from '../state/workload-state.ts';
import { FINISHED } from '../streams/fan-out.ts';
import { asOrkError, OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { startTimer } from '../types/long-timer.ts';
import { type AttemptLimit, type Limit, startLimit } from './attempt-limit.ts';
import type { ExecutionResult } from './events.ts';
import { checkedParams, type PreparedModule, prepareModule } from './pipeline.ts';
import { callPlaybook } from './playbook-call.ts';
import { decideRetry } from './policies/retry.ts';
import { isWanted } from './policies/when.ts';
import type { PreparedSandbox } from './prepare-sandbox.ts';
import type { Renderer } from './run-scope.ts';
import { type RunnerContext, STOP_GRACE_MS, timeoutOf } from './runner-context.ts';
import { haveMoved, UNKNOWN_STREAM } from './settle-streams.ts';
import type { WorkloadStreams } from './wiring.ts';
import type { WorkerLease } from './worker-lease.ts';

/** What all executions of one workload share: itself alone, or the items of its loop. */
export interface ExecutionContext extends RunnerContext {
  workload: Workload;
  streams: WorkloadStreams;
  lease: WorkerLease;
  /** For a module with these capabilities. Rejects with `failed-precondition` for what cannot be enforced. */
  sandbox(capabilities: readonly string[]): Promise<PreparedSandbox>;
  /** Fires when this execution is to stop; that of the workload, or narrower. */
  stop: AbortSignal;
  /** Of a loop: which item. */
  item?: number;
}

type Attempted = Omit<ExecutionResult, 'durationMs' | 'attempts'> & { failure?: OrkError };

/**
 * Runs the module of a workload once: `when`, then attempts until one completes or the retry policy gives up. Never
 * rejects: whatever goes wrong is the result.
 */
export async function execute(
  context: ExecutionContext,
  renderer: Renderer,
): Promise<ExecutionResult> {
  const startedAt = context.now();
  const {
    attempts,
    failure: _,
    ...outcome
  } = await executeWanted(context, renderer).catch((error) => ({
    attempts: 0,
    ...failed(asOrkError(error)),
  }));
  return { ...outcome, attempts, durationMs: context.now() - startedAt };
}

async function executeWanted(
  context: ExecutionContext,
  renderer: Renderer,
): Promise<Attempted & { attempts: number }> {
  if (!(await isWanted(context.workload, renderer))) {
    return { ...skipped('`when` was false'), attempts: 0 };
  }
  for (let attempt = 1; ; attempt++) {
    const outcome = await new Attempt(context, renderer, attempt)
      .run()
      .catch((error) => failed(asOrkError(error)));
    const ended = await endOrWait(outcome, attempt, context);
    if (ended !== undefined) return { ...ended, attempts: attempt };
  }
}

/** The last word on an execution, or undefined once the time for another attempt has come. */
async function endOrWait(
  outcome: Attempted,
  attempt: number,
  context: ExecutionContext,
): Promise<Attempted | undefined> {
  const { failure } = outcome;
  if (failure === undefined || context.stop.aborted) return outcome;
  const { retry } = context.workload;
  const streamed = haveMoved(context.streams);
  const decision = decideRetry(retry, {
    attempt,
    error: failure,
    streamed,
    random: context.random(),
  });
  if (decision.kind === 'give-up') return outcome;
  if (decision.kind === 'not-replayable') return failed(notReplayable(failure), outcome.summary);
  context.onRetry({
    ...(context.item === undefined ? {} : { item: context.item }),
    attempt,
    attempts: retry?.attempts ?? attempt,
    delayMs: decision.delay,
    error: failure.toDetails(),
  });
  await pause(decision.delay, context.stop);
  return context.stop.aborted ? canceled() : undefined;
}

/** One call of the module, in the worker that the workload has to itself. */
class Attempt {
  readonly #context: ExecutionContext;
  readonly #renderer: Renderer;
  readonly #number: number;
  #ready: JsonObject | undefined;

  constructor(context: ExecutionContext, renderer: Renderer, number: number) {
    this.#context = context;
    this.#renderer = renderer;
    this.#number = number;
  }

  async run(): Promise<Attempted> {
    const { workload, registry, lease, sandbox, dryRun, stop } = this.#context;
    const { module, params } = workload.process;
    const rendered = await this.#renderer.render(params);
    if (module === PLAYBOOK_CALL) return this.#callPlaybook(rendered);
    const prepared = prepareModule(registry, module, rendered);
    if (dryRun && !prepared.supportsDryRun) return wouldRun();
    const prepare = await sandbox(prepared.request.capabilities);
    if (stop.aborted) return canceled();
    this.#context.onStarted();
    return lease.use(prepare.launch, (worker) => this.#call(worker, prepared, prepare));
  }

  async #call(worker: WorkerProcess, prepared: PreparedModule, sandbox: PreparedSandbox) {
    const timeout = timeoutOf(this.#context.workload);
    const oomKills = worker.oomKills;
    const limit = startLimit(timeout, this.#context.stop);
    try {
      const request = this.#request(prepared, sandbox.security, limit);
      request.onLoaded = () => {
        this.#context.onLaunch(sandbox, worker.enforced);
        this.#context.onLoaded(prepared.modules);
      };
      if (timeout !== undefined) request.deadline = this.#context.now() + timeout;
      const outcome = await perform(worker, request, limit.signal, STOP_GRACE_MS);
      const passed = limit.passed();
      const starved = worker.oomKills > oomKills && outcome.kind === 'failed';
      const told = starved ? outOfMemoryOutcome(outcome, sandbox) : outcome;
      return { result: this.#resultOf(told, passed), clean: passed === undefined };
    } finally {
      limit.release();
    }
  }

  /** Needs no worker of its own: the workloads of the playbook have theirs. */
  async #callPlaybook(rendered: Json): Promise<Attempted> {
    const { workload, registry, sandbox, stop, onStarted } = this.#context;
    const params = checkedParams(registry.describe(PLAYBOOK_CALL).manifest, rendered);
    const { ceiling } = await sandbox([]);
    if (stop.aborted) return canceled();
    onStarted();
    const limit = startLimit(timeoutOf(workload), stop);
    try {
      const outcome = await callPlaybook(this.#context, params, ceiling, limit.signal);
      return this.#resultOf(outcome, limit.passed());
    } finally {
      limit.release();
    }
  }

  #request(
    prepared: PreparedModule,
    security: SecurityContext,
    limit: AttemptLimit,
  ): PerformRequest {
    const { workload, streams, workspace, dryRun, uuid, onLog, onDenied } = this.#context;
    return {
      ...prepared.request,
      workload: workload.name,
      instance: uuid(),
      attempt: this.#number,
      dryRun,
      paths: { workspace, ...security.filesystem },
      onLoaded: () => {},
      wiring: {
        ...streams,
        ...(prepared.request.capabilities.includes('state') && { state: this.#state() }),
        onLog,
        onDenied,
        onReady: (summary) => this.#becomeReady(summary, limit),
      },
    };
  }

  #state(): WorkloadState {
    const { workload, scope } = this.#context;
    return scope.state.of(workload.name, workload.statePolicy);
  }

  #becomeReady(summary: JsonObject, limit: AttemptLimit): void {
    if (this.#ready !== undefined || this.#context.item !== undefined) return;
    this.#ready = summary;
    limit.lift();
    this.#context.onReady(summary);
  }

  #resultOf(outcome: PerformOutcome, passed: Limit | undefined): Attempted {
    if (passed instanceof OrkError) return failed(passed, summaryOf(outcome));
    if (passed === 'timeout')
      return failed(timeoutError(this.#context.workload), summaryOf(outcome));
    if (outcome.kind === 'completed') return this.#completed(outcome.summary);
    // A service that nobody needs any more, however it took the news.
    if (passed === 'service') return completed(summaryOf(outcome) ?? this.#ready ?? {});
    if (passed === 'stop') return canceled();
    const { reason } = errorOf(outcome);
    // Like a program in a shell's pipe whose reader has seen enough.
    if (reason === FINISHED) return completed(summaryOf(outcome) ?? {});
    if (reason === UNKNOWN_STREAM) return wouldRun();
    return failed(errorOf(outcome), summaryOf(outcome));
  }

  /** In a dry run a summary may say that it does not know: what a program would have printed, say. */
  #completed(summary: JsonObject): Attempted {
    return this.#context.dryRun && summary['would_run'] === true ? wouldRun() : completed(summary);
  }
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      stop.removeEventListener('abort', end);
      resolve();
    };
    const cancel = startTimer(milliseconds, end);
    stop.addEventListener('abort', end, { once: true });
  });
}

function completed(summary: JsonObject): Attempted {
  return { status: 'Completed', summary, error: null };
}

function failed(failure: OrkError, summary: JsonObject | null = null): Attempted {
  return { status: 'Failed', summary, error: failure.toDetails(), failure };
}

function canceled(): Attempted {
  const error = new OrkError('canceled', 'the run was stopped').toDetails();
  return { status: 'Canceled', summary: null, error };
}

function skipped(reason: string): Attempted {
  return { status: 'Skipped', summary: null, error: null, reason };
}

function wouldRun(): Attempted {
  return { ...skipped('would run'), wouldRun: true };
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

/** A program that was ended for its memory says nothing of that itself. */
function outOfMemoryOutcome(
  outcome: PerformOutcome & { kind: 'failed' },
  { launch }: PreparedSandbox,
): PerformOutcome {
  return launch.sandbox === undefined
    ? outcome
    : { ...outcome, error: outOfMemory({ plan: launch.sandbox }) };
}

function timeoutError(workload: Workload): OrkError {
  const message = `'${workload.name}' did not end within ${timeoutOf(workload)} ms`;
  return new OrkError('timeout', message, {
    reason: 'workload.timeout',
    hint: 'raise `timeout`, or find out what it waits for',
  });
}

function notReplayable(failure: OrkError): OrkError {
  const message = `${failure.message} (not tried again: its streams have already moved records)`;
  return new OrkError(failure.code, message, {
    reason: 'stream.not-replayable',
    hint: 'a workload with streams is tried again only before it has moved a record',
    cause: failure,
  });
}

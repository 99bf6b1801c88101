import type { Workload, WorkloadName } from '../playbook/model.ts';
import { enforcementOf } from '../sandbox/launch-plan.ts';
import { type ErrorDetails, OrkError } from '../types/errors.ts';
import { startTimer } from '../types/long-timer.ts';
import { SERVICE_DONE } from './attempt-limit.ts';
import type { RunEvent, RunReport, StopCause, WorkloadResult } from './events.ts';
import { NestedRuns, nestedOptions } from './nested-runs.ts';
import { type Action, isFinished, plan } from './plan.ts';
import { EventRedactor, redactReport } from './redact-events.ts';
import type { RunOptions } from './run-options.ts';
import {
  canceledBeforeStart,
  type RunOutcome,
  reportRun,
  skipped,
  stateOf,
} from './run-results.ts';
import { RunScope } from './run-scope.ts';
import type { RunnerContext } from './runner-context.ts';
import { stallError } from './stall.ts';
import { stateListener } from './state-events.ts';
import { watchStreams } from './stream-watch.ts';
import { StreamWiring } from './wiring.ts';
import { runWorkload } from './workload-runner.ts';
import { type SkipCause, WorkloadStates } from './workload-states.ts';

export type { RunOptions } from './run-options.ts';

/** One execution of a playbook's graph: carries out the plan until nothing is left to do. */
export class PlaybookRun {
  readonly #options: RunOptions;
  readonly #workloads: Map<WorkloadName, Workload>;
  readonly #finals: ReadonlySet<WorkloadName>;
  readonly #states: WorkloadStates;
  readonly #results = new Map<WorkloadName, WorkloadResult>();
  readonly #stops = new Map<WorkloadName, AbortController>();
  readonly #startTimes = new Map<WorkloadName, number>();
  readonly #wiring: StreamWiring;
  readonly #scope: RunScope;
  readonly #events: EventRedactor;
  readonly #nested = new NestedRuns();
  readonly #startedAt: number;
  #phase: 'running' | 'stopping' | 'ending' = 'running';
  #runError: ErrorDetails | null = null;
  #interrupted = false;
  #finish: () => void = () => {};

  constructor(options: RunOptions) {
    const { playbook, registry, now } = options;
    this.#options = options;
    this.#events = new EventRedactor(options.redactor, options.onEvent);
    this.#startedAt = now();
    this.#workloads = new Map(playbook.workloads.map((workload) => [workload.name, workload]));
    const finals = playbook.workloads.filter((workload) => workload.finally);
    this.#finals = new Set(finals.map(({ name }) => name));
    this.#states = new WorkloadStates(this.#workloads.keys());
    this.#wiring = new StreamWiring(playbook, (module) => registry.find(module), {
      onPressure: (pressure) => this.#tell({ event: 'stream.pressure', time: now(), ...pressure }),
      onOver: (channel) => this.#tell({ event: 'stream.stats', time: now(), ...channel }),
    });
    const listener = stateListener(now, (event) => this.#tell(event));
    this.#scope = new RunScope({ ...options, stateListener: listener });
  }

  /** Runs to the end and tells what became of everything. Leaves no worker behind. */
  async execute(): Promise<RunReport> {
    const { playbook, runId, source, redactor, now } = this.#options;
    const { name } = playbook;
    this.#tell({ event: 'run.started', runId, playbook: name, source, time: this.#startedAt });
    this.#skipUnselected();
    const cancelTimeout = this.#startTimeout();
    const endWatch = this.#watchStreams();
    try {
      await new Promise<void>((resolve) => {
        this.#finish = resolve;
        this.#advance();
      });
    } finally {
      cancelTimeout?.();
      endWatch();
      await this.#closePool();
    }
    const report = await reportRun(this.#outcome(), this.#scope);
    this.#tell({ event: 'run.finished', time: now(), report });
    return redactReport(report, redactor);
  }

  /** Nothing new starts but what runs finally; what runs has a grace period to end by itself. */
  interrupt(): void {
    this.#interrupted = true;
    this.#stop('interrupted');
  }

  /** Ends everything at once. */
  async kill(): Promise<void> {
    this.#phase = 'ending';
    for (const stop of this.#stops.values()) stop.abort();
    this.interrupt();
    await this.#nested.kill();
    await this.#closePool();
  }

  /** What happens cannot be recorded any more: nothing new starts, not even finally, and the run fails. */
  failFor(error: OrkError): void {
    this.#runError ??= error.toDetails();
    // First: what is interrupted goes on with what it runs finally.
    this.#nested.failFor(error);
    this.#stop('audit');
  }

  /** How full the channels are, for progress. */
  channels() {
    return this.#wiring.stats();
  }

  /** A run inside a run leaves the workers to the outer one. */
  async #closePool(): Promise<void> {
    const { pool, ceiling } = this.#options;
    if (ceiling === undefined) await pool.close();
  }

  #stop(cause: StopCause): void {
    const isFirst = this.#phase === 'running';
    if (this.#phase !== 'ending') this.#phase = cause === 'audit' ? 'ending' : 'stopping';
    if (isFirst) this.#tell({ event: 'run.stopping', cause, time: this.#options.now() });
    for (const [name, stop] of this.#stops) if (!this.#finals.has(name)) stop.abort();
    this.#advance();
  }

  #advance(): void {
    for (let actions = this.#plan(); actions.length > 0; actions = this.#plan()) {
      for (const action of actions) this.#carryOut(action);
    }
    if (isFinished(this.#states)) this.#finish();
  }

  #plan(): Action[] {
    const { graph, playbook, maxParallel, cores } = this.#options;
    return plan({
      graph,
      states: this.#states,
      finals: this.#finals,
      maxParallel: maxParallel ?? playbook.maxParallel ?? Math.max(2, cores),
      phase: this.#phase,
    });
  }

  #carryOut(action: Action): void {
    switch (action.kind) {
      case 'start':
        for (const name of action.members) this.#states.set(name, { status: 'Running' });
        for (const workload of action.members) {
          const time = this.#options.now();
          this.#tell({ event: 'workload.scheduled', workload, reason: action.reason, time });
          void this.#start(workload);
        }
        return;
      case 'skip':
        this.#record(action.workload, skipped(action), action.cause);
        return;
      case 'cancel':
        this.#record(action.workload, canceledBeforeStart(), 'upstream');
        return;
      case 'stop-service':
        this.#states.set(action.workload, { status: 'Stopping' });
        this.#stops.get(action.workload)?.abort(SERVICE_DONE);
    }
  }

  async #start(name: WorkloadName): Promise<void> {
    const workload = this.#workload(name);
    const stop = new AbortController();
    this.#stops.set(name, stop);
    this.#startTimes.set(name, this.#options.now());
    const context = this.#runnerContext(workload, stop.signal);
    const result = await runWorkload(workload, this.#wiring.of(name), context);
    this.#stops.delete(name);
    if (result.status === 'Failed' && workload.ignoreErrors) result.ignored = true;
    this.#record(name, result, result.wouldRun ? 'dry-run' : 'when');
    const failed = result.status === 'Failed' && !result.ignored;
    if (failed && this.#options.failFast) this.#stop('fail-fast');
    this.#advance();
  }

  #record(name: WorkloadName, result: WorkloadResult, skippedBy: SkipCause): void {
    this.#results.set(name, result);
    this.#states.set(name, stateOf(result, skippedBy));
    this.#scope.record(this.#workload(name), result);
    if (result.startedAt === null) this.#closeStreams(name);
    this.#tell({ event: 'workload.finished', workload: name, time: this.#options.now(), result });
  }

  /** A workload that never starts still has neighbours that wait for its streams. */
  #closeStreams(name: WorkloadName): void {
    const { inputs, outputs } = this.#wiring.of(name);
    for (const { channel } of inputs) channel.abandon('absent');
    for (const { port } of outputs) port.end();
  }

  #skipUnselected(): void {
    const { selected } = this.#options;
    if (selected === undefined) return;
    for (const name of this.#workloads.keys()) {
      if (!selected.has(name) && !this.#finals.has(name)) {
        this.#record(name, skipped({ cause: 'selection' }), 'selection');
      }
    }
  }

  #startTimeout(): (() => void) | undefined {
    const { timeout } = this.#options.playbook;
    if (timeout === undefined) return undefined;
    return startTimer(timeout, () => {
      const error = new OrkError('timeout', `the run did not end within ${timeout} ms`, {
        reason: 'run.timeout',
        hint: "raise the playbook's `timeout`",
      });
      this.#runError ??= error.toDetails();
      this.#stop('timeout');
    });
  }

  #watchStreams(): () => void {
    return watchStreams(this.#wiring, {
      onStall: (cycle) => {
        for (const name of cycle) this.#stops.get(name)?.abort(stallError(cycle));
      },
      onFill: (channel) =>
        this.#tell({ event: 'stream.fill', time: this.#options.now(), ...channel }),
    });
  }

  #runnerContext(workload: Workload, stop: AbortSignal): RunnerContext {
    const { name } = workload;
    const { now } = this.#options;
    const about = () => ({ workload: name, time: now() });
    return {
      ...this.#options,
      scope: this.#scope,
      stop,
      onLog: (line) => this.#tell({ event: 'workload.output', ...about(), line }),
      onLaunch: ({ security, launch }, enforced) =>
        this.#tell({
          event: 'security.applied',
          ...about(),
          enforced: { ...enforcementOf(security, launch), ...enforced },
          notEnforced: launch.notEnforced,
        }),
      onLoaded: (modules) => {
        for (const facts of modules) this.#tell({ event: 'module.loaded', ...about(), ...facts });
      },
      onStarted: () => this.#tell({ event: 'workload.started', ...about() }),
      onReady: (summary) => {
        this.#states.set(name, { status: 'Ready' });
        this.#scope.recordReady(workload, summary, this.#startTimes.get(name) ?? now());
        this.#tell({ event: 'workload.ready', ...about(), summary });
        this.#advance();
      },
      onRetry: (retry) => this.#tell({ event: 'workload.retrying', ...about(), ...retry }),
      onDenied: (call) => this.#tell({ event: 'capability.denied', ...about(), call }),
      onItem: (end) => this.#tell({ event: 'workload.item', ...about(), ...end }),
      call: (call, signal) => {
        const tell = (event: RunEvent): void => this.#tell(event);
        return this.#nested.run(new PlaybookRun(nestedOptions(this.#options, call, tell)), signal);
      },
    };
  }

  #outcome(): RunOutcome {
    const { playbook, runId, dryRun, launches, now } = this.#options;
    const missing = playbook.workloads.flatMap(({ securityContext }) =>
      launches.missing(securityContext),
    );
    return {
      playbook,
      runId,
      dryRun,
      startedAt: this.#startedAt,
      endedAt: now(),
      results: this.#results,
      notEnforced: [...new Set([...missing, ...this.#nested.notEnforced])],
      interrupted: this.#interrupted,
      error: this.#runError,
    };
  }

  #workload(name: WorkloadName): Workload {
    const workload = this.#workloads.get(name);
    if (workload !== undefined) return workload;
    throw new OrkError('internal', `the plan names '${name}', which the playbook does not have`);
  }

  #tell(event: RunEvent): void {
    this.#events.tell(event);
  }
}

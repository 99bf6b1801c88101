import type { ModuleRegistry } from '../components/registry.ts';
import type { LogLine } from '../host/call-session.ts';
import type { WorkerPool } from '../host/worker-pool.ts';
import type { Graph, Playbook, Workload, WorkloadName } from '../playbook/model.ts';
import { planLaunch } from '../sandbox/launch.ts';
import type { ChannelStats } from '../streams/channel.ts';
import { asOrkError, type ErrorDetails, OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { startTimer } from '../types/long-timer.ts';
import type { RunEvent, RunReport, WorkloadResult } from './events.ts';
import { type Action, isFinished, plan, type WorkloadState } from './plan.ts';
import { RunScope } from './run-scope.ts';
import { StreamWiring } from './wiring.ts';
import { type RunnerContext, runWorkload } from './workload-runner.ts';

export interface RunOptions {
  playbook: Playbook;
  graph: Graph;
  registry: ModuleRegistry;
  /** Closed with the run. */
  pool: WorkerPool;
  runId: string;
  /** Absolute. */
  workspace: string;
  hostEnvironment: NodeJS.ProcessEnv;
  /** Groups at once; wins over the playbook's `max_parallel`. */
  maxParallel?: number;
  /** Of this machine; as many groups run at once, at least 2, when nothing else is said. */
  cores: number;
  /** The first failure stops everything else. */
  failFast: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  uuid(): string;
  onEvent(event: RunEvent): void;
}

const STOP_GRACE_MS = 10_000;

/** One execution of a playbook's graph: carries out the plan until nothing is left to do. */
export class PlaybookRun {
  readonly #options: RunOptions;
  readonly #workloads: Map<WorkloadName, Workload>;
  readonly #states = new Map<WorkloadName, WorkloadState>();
  readonly #results = new Map<WorkloadName, WorkloadResult>();
  readonly #stop = new AbortController();
  readonly #wiring: StreamWiring;
  readonly #scope: RunScope;
  readonly #context: RunnerContext;
  readonly #startedAt: number;
  #runError: ErrorDetails | null = null;
  #interrupted = false;
  #finish: () => void = () => {};

  constructor(options: RunOptions) {
    const { playbook, registry } = options;
    this.#options = options;
    this.#startedAt = options.now();
    this.#workloads = new Map(playbook.workloads.map((workload) => [workload.name, workload]));
    for (const name of this.#workloads.keys()) this.#states.set(name, { status: 'Pending' });
    this.#wiring = new StreamWiring(playbook, (module) => registry.find(module));
    this.#scope = new RunScope(options);
    this.#context = this.#runnerContext();
  }

  /** Runs to the end and tells what became of everything. Leaves no worker behind. */
  async execute(): Promise<RunReport> {
    const { playbook, runId, onEvent } = this.#options;
    onEvent({ event: 'run.started', runId, playbook: playbook.name, time: this.#startedAt });
    const cancelTimeout = this.#startTimeout();
    try {
      await new Promise<void>((resolve) => {
        this.#finish = resolve;
        this.#advance();
      });
    } finally {
      cancelTimeout?.();
      await this.#options.pool.close();
    }
    const report = await this.#report();
    onEvent({ event: 'run.finished', time: this.#options.now(), report });
    return report;
  }

  /** Nothing new starts; what runs has a grace period to end by itself. */
  interrupt(): void {
    this.#interrupted = true;
    this.#stopAll();
  }

  /** Ends everything at once. */
  async kill(): Promise<void> {
    this.interrupt();
    await this.#options.pool.close();
  }

  /** How full the channels are, for progress. */
  channels(): { from: WorkloadName; to: WorkloadName; stats: ChannelStats }[] {
    return this.#wiring.stats();
  }

  #stopAll(): void {
    this.#stop.abort();
    this.#advance();
  }

  #advance(): void {
    for (let actions = this.#plan(); actions.length > 0; actions = this.#plan()) {
      for (const action of actions) this.#carryOut(action);
    }
    if (isFinished(this.#states)) this.#finish();
  }

  #plan(): Action[] {
    const { graph, playbook, maxParallel } = this.#options;
    return plan({
      graph,
      states: this.#states,
      maxParallel: maxParallel ?? playbook.maxParallel ?? Math.max(2, this.#options.cores),
      stopping: this.#stop.signal.aborted,
    });
  }

  #carryOut(action: Action): void {
    switch (action.kind) {
      case 'start':
        for (const name of action.members) this.#states.set(name, { status: 'Running' });
        for (const name of action.members) void this.#start(name);
        return;
      case 'skip':
        this.#record(action.workload, skipped(`upstream '${action.upstream}' failed`), 'upstream');
        return;
      case 'cancel':
        this.#record(action.workload, canceledBeforeStart(), 'upstream');
    }
  }

  async #start(name: WorkloadName): Promise<void> {
    const workload = this.#workloads.get(name) as Workload;
    const result = await runWorkload(workload, this.#wiring.of(name), this.#context);
    if (result.status === 'Failed' && workload.ignoreErrors) result.ignored = true;
    this.#record(name, result, 'when');
    if (result.status === 'Failed' && !result.ignored && this.#options.failFast) this.#stopAll();
    this.#advance();
  }

  #record(name: WorkloadName, result: WorkloadResult, skippedBy: 'when' | 'upstream'): void {
    this.#results.set(name, result);
    this.#states.set(name, stateOf(result, skippedBy));
    this.#scope.record(this.#workloads.get(name) as Workload, result);
    if (result.startedAt === null) this.#closeStreams(name);
    const time = this.#options.now();
    this.#options.onEvent({ event: 'workload.finished', workload: name, time, result });
  }

  /** A workload that never starts still has neighbours that wait for its streams. */
  #closeStreams(name: WorkloadName): void {
    const { inputs, outputs } = this.#wiring.of(name);
    for (const { channel } of inputs) channel.abandon('absent');
    for (const { port } of outputs) port.end();
  }

  #startTimeout(): (() => void) | undefined {
    const { timeout } = this.#options.playbook;
    if (timeout === undefined) return undefined;
    return startTimer(timeout, () => {
      const error = new OrkError('timeout', `the run did not end within ${timeout} ms`, {
        reason: 'run.timeout',
        hint: "raise the playbook's `timeout`",
      });
      this.#runError = error.toDetails();
      this.#stopAll();
    });
  }

  #runnerContext(): RunnerContext {
    const { registry, pool, workspace, hostEnvironment, now, onEvent } = this.#options;
    return {
      registry,
      workspace,
      hostEnvironment,
      now,
      pool,
      stop: this.#stop.signal,
      stopGrace: () => STOP_GRACE_MS,
      render: (value, workload) => this.#scope.render(value, workload),
      onLog: (workload: Workload, line: LogLine) =>
        onEvent({ event: 'workload.output', workload: workload.name, time: now(), line }),
      onStarted: (workload) =>
        onEvent({ event: 'workload.started', workload: workload.name, time: now() }),
    };
  }

  async #report(): Promise<RunReport> {
    const { playbook, runId, now } = this.#options;
    const outputs = await this.#outputs();
    return {
      runId,
      playbook: playbook.name,
      status: this.#status(),
      startedAt: this.#startedAt,
      durationMs: now() - this.#startedAt,
      outputs,
      workloads: new Map(playbook.workloads.map(({ name }) => [name, this.#resultOf(name)])),
      notEnforced: this.#notEnforced(),
      error: this.#runError,
    };
  }

  #resultOf(name: WorkloadName): WorkloadResult {
    return this.#results.get(name) ?? canceledBeforeStart();
  }

  async #outputs(): Promise<JsonObject> {
    if (this.#status() !== 'Completed') return {};
    try {
      return (await this.#scope.render(this.#options.playbook.outputs)) as JsonObject;
    } catch (error) {
      this.#runError = asOrkError(error).toDetails();
      return {};
    }
  }

  #status(): RunReport['status'] {
    if (this.#interrupted) return 'Canceled';
    if (this.#runError !== null) return 'Failed';
    const failed = [...this.#results.values()].some(
      ({ status, ignored }) => status === 'Failed' && ignored !== true,
    );
    return failed ? 'Failed' : 'Completed';
  }

  #notEnforced(): string[] {
    const { playbook, workspace, hostEnvironment } = this.#options;
    const missing = playbook.workloads.flatMap(
      ({ securityContext }) => planLaunch(securityContext, workspace, hostEnvironment).notEnforced,
    );
    return [...new Set(missing)];
  }
}

function stateOf(result: WorkloadResult, skippedBy: 'when' | 'upstream'): WorkloadState {
  switch (result.status) {
    case 'Failed':
      return { status: 'Failed', ignored: result.ignored === true };
    case 'Skipped':
      return { status: 'Skipped', by: skippedBy };
    default:
      return { status: result.status };
  }
}

function skipped(reason: string): WorkloadResult {
  return { ...neverStarted, status: 'Skipped', reason };
}

function canceledBeforeStart(): WorkloadResult {
  const error = new OrkError('canceled', 'the run was stopped before this started').toDetails();
  return { ...neverStarted, status: 'Canceled', error };
}

const neverStarted: Omit<WorkloadResult, 'status'> = {
  summary: null,
  error: null,
  attempts: 0,
  startedAt: null,
  durationMs: 0,
};

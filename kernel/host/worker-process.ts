import type { ComponentFiles } from '../components/registry.ts';
import { type Message, Peer, type Reply, readCount } from '../frames/peer.ts';
import { type LaunchedWorker, launch } from '../sandbox/launch.ts';
import type { LaunchPlan } from '../sandbox/launch-plan.ts';
import { verifySandbox } from '../sandbox/verify.ts';
import { asOrkError, OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { randomUuid } from '../types/uuid.ts';
import { endStrays, MARKER } from './stray-processes.ts';
import { deathOf } from './worker-death.ts';

/** Whoever answers the host calls of one `perform`. */
export interface CallHandler {
  answer(method: string, message: Message): Promise<Reply>;
  event(method: string, header: JsonObject): void;
}

const STDERR_TAIL_BYTES = 4096;
/** A thousand times what it takes on a machine that has nothing else to do. */
const START_LIMIT_MS = 60_000;

/**
 * A worker seen from the kernel: one process, one connection. Its death, whatever the cause, fails
 * everything under way in it with `unavailable` and ends the programs that it had started.
 */
export class WorkerProcess {
  readonly pid: number;
  /** Resolves when the worker can take its first call; rejects with the cause if it never will. */
  readonly ready: Promise<void>;
  readonly #launched: LaunchedWorker;
  readonly #peer: Peer;
  readonly #handlers = new Map<number, CallHandler>();
  readonly #loaded = new Set<string>();
  readonly #invocation: string;
  readonly #died: Promise<OrkError>;
  #markReady: () => void = () => {};
  #enforced: JsonObject = {};
  /** Why the kernel itself has ended it. */
  #cause: OrkError | undefined;
  #stderrTail = '';
  /** What the worker said of its own end. */
  #lastWords: string | undefined;
  #startsPrograms = false;
  #nextCall = 1;
  #alive = true;
  #gone: Promise<void> | undefined;
  /** Those that other workloads have had in it. */
  #earlierOomKills = 0;

  static start(plan: LaunchPlan): WorkerProcess {
    const invocation = randomUuid().replaceAll('-', '');
    return new WorkerProcess(launch(plan, { [MARKER]: invocation }), invocation);
  }

  private constructor(launched: LaunchedWorker, invocation: string) {
    this.#launched = launched;
    this.pid = launched.process.pid ?? 0;
    this.#invocation = invocation;
    this.#died = new Promise((resolve) => {
      launched.process.once('error', (error) => resolve(notStarted(error)));
      launched.process.once('close', (code, signal) => {
        if (this.#startsPrograms && !this.#hasOwnProcesses) endStrays(this.#invocation);
        resolve(this.#causeOfDeath(code, signal));
        this.#gone = launched.sandbox?.group?.remove();
      });
    });
    void this.#died.then(() => {
      this.#alive = false;
    });
    this.ready = new Promise((resolve, reject) => {
      this.#markReady = resolve;
      void this.#died.then(reject);
    });
    this.ready.catch(() => {});
    const late = setTimeout(() => this.#giveUp(startedTooLate()), START_LIMIT_MS).unref();
    void Promise.allSettled([this.ready]).then(() => clearTimeout(late));
    launched.stderr.on('data', (text: Buffer) => {
      this.#stderrTail = (this.#stderrTail + text.toString()).slice(-STDERR_TAIL_BYTES);
    });
    this.#peer = new Peer(launched.socket, {
      request: (method, message) => this.#handlerOf(message).answer(method, message),
      event: (method, message) => this.#event(method, message),
      closed: () => this.kill(),
    });
  }

  /** False once the process is known to be gone. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Resolves with the cause once the process, and whatever it had started, is gone. */
  get died(): Promise<OrkError> {
    return this.#died;
  }

  /** What the operating system has in force for it; known once it has loaded something. */
  get enforced(): JsonObject {
    return this.#enforced;
  }

  /** How often something in it was ended for want of memory. */
  get oomKills(): number {
    return this.#launched.sandbox?.group?.oomKills ?? 0;
  }

  /**
   * Ends everything that calls have left beside the worker, and empties its folders in memory. Resolves with false
   * when that cannot be relied on.
   */
  async reset(): Promise<boolean> {
    const { sandbox } = this.#launched;
    if (sandbox === undefined) return true;
    this.#earlierOomKills = this.oomKills;
    return sandbox.plan.resettable && (await sandbox.control.reset());
  }

  /** Resolves once nothing of it is left on the host. */
  async gone(): Promise<void> {
    await this.#died;
    await this.#gone;
  }

  /** Lets the worker prepare for a component that it will probably be asked for. */
  preload(component: ComponentFiles): void {
    this.ready.then(
      () => this.#peer.notify('preload', { ...component }),
      () => {},
    );
  }

  /** Loads a component unless it is there already. */
  async load(component: ComponentFiles): Promise<void> {
    if (this.#loaded.has(component.glue)) return;
    if (component.capabilities.includes('process')) this.#startsPrograms = true;
    await this.ready;
    await this.#request('load', { ...component });
    this.#loaded.add(component.glue);
  }

  /** Announces a call to come, whose host calls `handler` answers. */
  openCall(handler: CallHandler): number {
    const call = this.#nextCall++;
    this.#handlers.set(call, handler);
    return call;
  }

  closeCall(call: number): void {
    this.#handlers.delete(call);
  }

  async perform(header: JsonObject): Promise<JsonObject> {
    return (await this.#request('perform', header)).header;
  }

  cancel(call: number, grace: number): void {
    this.#peer.notify('cancel', { call, grace });
  }

  /** Ends the worker and every program that it has started, at once. */
  kill(): void {
    this.#launched.process.kill('SIGKILL');
  }

  async #request(method: string, header: JsonObject): Promise<Message> {
    try {
      return await this.#peer.request(method, header);
    } catch (error) {
      if (error instanceof OrkError && error.reason === 'protocol.closed') throw await this.#died;
      throw error;
    }
  }

  #handlerOf(message: Message): CallHandler {
    const handler = this.#handlers.get(readCount(message.header, 'call'));
    if (handler !== undefined) return handler;
    throw new OrkError('failed-precondition', 'this call has ended', { reason: 'call.ended' });
  }

  #event(method: string, { header }: Message): void {
    if (method === 'ready') void this.#takeReady();
    if (typeof header['call'] === 'number')
      this.#handlers.get(header['call'])?.event(method, header);
    if (method === 'dying' && typeof header['message'] === 'string') {
      this.#lastWords = header['message'].slice(0, STDERR_TAIL_BYTES);
    }
  }

  /** A worker that is not wrapped as planned is ended before it is asked for anything. */
  async #takeReady(): Promise<void> {
    const { sandbox, process: helper } = this.#launched;
    await sandbox?.control.confined;
    try {
      if (sandbox !== undefined) this.#enforced = verifySandbox(helper.pid ?? 0, sandbox);
    } catch (error) {
      this.#giveUp(asOrkError(error));
      return;
    }
    this.#markReady();
  }

  #giveUp(cause: OrkError): void {
    this.#cause = cause;
    this.kill();
  }

  /** Then nothing that it has started can outlive it. */
  get #hasOwnProcesses(): boolean {
    return this.#launched.sandbox?.plan.posture.namespaces.includes('pid') === true;
  }

  #causeOfDeath(code: number | null, signal: NodeJS.Signals | null): OrkError {
    return (
      this.#cause ??
      deathOf({
        code,
        signal,
        said: this.#lastWords ?? '',
        stderr: this.#stderrTail,
        starved: this.oomKills > this.#earlierOomKills,
        ...(this.#launched.sandbox && { sandbox: this.#launched.sandbox }),
      })
    );
  }
}

function startedTooLate(): OrkError {
  const message = `the worker was not ready within ${START_LIMIT_MS / 1000} s`;
  return new OrkError('unavailable', message, {
    reason: 'worker.not-started',
    hint: 'is the machine overloaded, or is a limit of its security_context very low?',
  });
}

function notStarted(error: Error): OrkError {
  return new OrkError('unavailable', `the worker could not be started: ${error.message}`, {
    reason: 'worker.not-started',
    hint: 'is the workspace still there, and may this user start programs?',
    cause: error,
  });
}

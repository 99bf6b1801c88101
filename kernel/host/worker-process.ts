import type { ComponentFiles } from '../components/registry.ts';
import { type Message, Peer, type Reply, readCount } from '../frames/peer.ts';
import { type LaunchedWorker, type LaunchPlan, launch } from '../sandbox/launch.ts';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { randomUuid } from '../types/uuid.ts';
import { endStrays, MARKER } from './stray-processes.ts';

/** Whoever answers the host calls of one `perform`. */
export interface CallHandler {
  answer(method: string, message: Message): Promise<Reply>;
  event(method: string, header: JsonObject): void;
}

const STDERR_TAIL_BYTES = 4096;

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
  #stderrTail = '';
  /** What the worker said of its own end. */
  #lastWords: string | undefined;
  #startsPrograms = false;
  #nextCall = 1;
  #alive = true;

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
        if (this.#startsPrograms) endStrays(this.#invocation);
        resolve(this.#causeOfDeath(code, signal));
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

  /** Lets the worker prepare for a component that it will probably be asked for. */
  preload(component: ComponentFiles): void {
    this.#peer.notify('preload', { ...component });
  }

  /** Loads a component unless it is there already. */
  async load(component: ComponentFiles): Promise<void> {
    if (this.#loaded.has(component.glue)) return;
    if (component.capabilities.includes('process')) this.#startsPrograms = true;
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
    if (method === 'ready') this.#markReady();
    if (typeof header['call'] === 'number')
      this.#handlers.get(header['call'])?.event(method, header);
    if (method === 'dying' && typeof header['message'] === 'string') {
      this.#lastWords = header['message'].slice(0, STDERR_TAIL_BYTES);
    }
  }

  #causeOfDeath(code: number | null, signal: NodeJS.Signals | null): OrkError {
    const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
    const said = this.#lastWords ?? tellingLine(this.#stderrTail);
    return new OrkError('unavailable', `the worker ${how}${said === '' ? '' : `: ${said}`}`, {
      reason: signal === null ? 'worker.exited' : 'worker.killed',
      hint: 'something outside ork ended it (the OOM killer, an operator), or it broke: run again',
    });
  }
}

/** Node prints its version last when it crashes; the error stands further up. */
function tellingLine(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? '';
}

function notStarted(error: Error): OrkError {
  return new OrkError('unavailable', `the worker could not be started: ${error.message}`, {
    reason: 'worker.not-started',
    hint: 'is the workspace still there, and may this user start programs?',
    cause: error,
  });
}

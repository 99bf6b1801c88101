import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { asOrkError, OrkError } from '../types/errors.ts';
import type { Json } from '../types/json.ts';
import type { Expression } from './cel.ts';
import { ExpressionError, quoteExpression } from './errors.ts';
import type { Host, Scope } from './scope.ts';
import {
  type Answer,
  type EvaluationRequest,
  fromFailure,
  type Question,
  type ThreadData,
  type ThreadMessage,
  toFailure,
} from './thread-messages.ts';
import { visibleNames } from './visible-names.ts';

/** The heap of the thread; what needs more fails. */
const MAX_HEAP_MIB = 256;

/** From the sources as from the bundle, whose chunks lie as deep as this file. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? '../expressions/thread.ts' : '../expressions/thread.js',
  import.meta.url,
);

/**
 * A thread for expressions that may take long. It is started when it is first needed, evaluates one
 * expression after another, does not keep the process alive while it is idle, and is ended, to be
 * started anew, when an expression takes too long.
 */
export class EvaluationThread {
  #thread: Thread | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * The result of an expression. The deadline, in milliseconds, counts from when its turn has come.
   * Rejects as `Expression.evaluate` throws, and with an `ExpressionError` with the code `timeout` and
   * the reason `expression.timeout`.
   */
  evaluate(expression: Expression, scope: Scope, deadlineMs: number): Promise<Json> {
    const turn = this.#last.then(() => this.#evaluate(expression, scope, deadlineMs));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Ends the thread when its work is done; the next evaluation starts another. */
  async close(): Promise<void> {
    await this.#last;
    await this.#end();
  }

  async #evaluate(expression: Expression, scope: Scope, deadlineMs: number): Promise<Json> {
    const { source, analysis } = expression;
    const request = { source, names: visibleNames(scope.names, analysis.references) };
    this.#thread ??= await Thread.start();
    try {
      return await this.#thread.perform(request, scope, deadlineMs);
    } finally {
      if (this.#thread.isLost) await this.#end();
    }
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }
}

/** What the thread is doing at the moment. */
interface Task {
  onMessage(message: ThreadMessage): void;
  onLoss(error: unknown): void;
}

/** A running thread, until it is lost: ended by itself, or too slow to be waited for. */
class Thread {
  isLost = false;
  readonly #worker: Worker;
  readonly #answers: MessagePort;
  readonly #answered: Int32Array;
  #task: Task | undefined;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#answers = port1;
    this.#answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const workerData: ThreadData = { answers: port2, answered: this.#answered };
    this.#worker = new Worker(ENTRY, {
      name: 'expressions',
      workerData,
      transferList: [port2],
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
    });
    this.#worker.on('message', (message: ThreadMessage) => this.#task?.onMessage(message));
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', () => this.#lose(new OrkError('internal', 'the thread has ended')));
  }

  /** A thread that has loaded CEL and waits for its first expression. */
  static async start(): Promise<Thread> {
    const thread = new Thread();
    await thread.#occupy<void>((resolve, onLoss) => ({ onMessage: () => resolve(), onLoss }));
    return thread;
  }

  /** Sends an expression and answers what it asks, until it has ended or the deadline has passed. */
  perform(request: EvaluationRequest, host: Host, deadlineMs: number): Promise<Json> {
    const { source } = request;
    const timer = setTimeout(() => this.#lose(tooSlow(source, deadlineMs)), deadlineMs);
    const performing = this.#occupy<Json>((resolve, reject) => ({
      onMessage: (message) => {
        if (message.kind === 'question') this.#answer(message.question, host);
        if (message.kind === 'result') resolve(message.result);
        if (message.kind === 'failure') reject(fromFailure(message.failure));
      },
      onLoss: (error) => reject(isOutOfMemory(error) ? tooLarge(source) : asOrkError(error)),
    }));
    this.#worker.postMessage(request);
    return performing.finally(() => clearTimeout(timer));
  }

  async terminate(): Promise<void> {
    this.#answers.close();
    await this.#worker.terminate();
  }

  /** The process stays alive for as long as the task takes. */
  #occupy<T>(
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => Task,
  ): Promise<T> {
    this.#worker.ref();
    const working = new Promise<T>((resolve, reject) => {
      this.#task = begin(resolve, reject);
    });
    return working.finally(() => {
      this.#task = undefined;
      this.#worker.unref();
    });
  }

  #lose(error: unknown): void {
    this.isLost = true;
    this.#task?.onLoss(error);
  }

  /** The thread stands still until it is told that there is an answer. */
  #answer(question: Question, host: Host): void {
    this.#answers.postMessage(answerTo(question, host));
    Atomics.store(this.#answered, 0, 1);
    Atomics.notify(this.#answered, 0);
  }
}

function answerTo(question: Question, host: Host): Answer {
  try {
    if ('name' in question) return { value: host[question.about](question.name) };
    return { value: question.about === 'now' ? host.now().getTime() : host.uuid() };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooSlow(expression: string, deadlineMs: number): ExpressionError {
  const message = `${quoteExpression(expression)} took longer than ${deadlineMs} ms`;
  return new ExpressionError(message, {
    code: 'timeout',
    reason: 'expression.timeout',
    expression,
    hint: 'loop over less data, or let a module such as data:filter do it record by record',
  });
}

function tooLarge(expression: string): ExpressionError {
  const message = `${quoteExpression(expression)} needs more than ${MAX_HEAP_MIB} MiB of memory`;
  const code = 'resource-exhausted';
  return new ExpressionError(message, { code, reason: 'expression.too-large', expression });
}

import { receiveMessageOnPort } from 'node:worker_threads';
import { OrkError } from '../types/errors.ts';
import { compileExpression, type Expression } from './cel.ts';
import type { Host } from './scope.ts';
import {
  type Answer,
  type EvaluationRequest,
  fromFailure,
  type Question,
  type ThreadData,
  type ThreadMessage,
  toFailure,
} from './thread-messages.ts';

const MAX_REMEMBERED = 256;

/** Evaluates expressions in the thread that it is made in. */
export class EvaluationServer {
  readonly #host: Host;
  readonly #compiled = new Map<string, Expression>();

  constructor(host: Host) {
    this.#host = host;
  }

  evaluate({ source, names }: EvaluationRequest): ThreadMessage {
    try {
      return { kind: 'result', result: this.#compile(source).evaluate(names, this.#host) };
    } catch (error) {
      return { kind: 'failure', failure: toFailure(error) };
    }
  }

  #compile(source: string): Expression {
    const known = this.#compiled.get(source);
    if (known !== undefined) return known;
    const expression = compileExpression(source);
    if (this.#compiled.size >= MAX_REMEMBERED) this.#compiled.clear();
    this.#compiled.set(source, expression);
    return expression;
  }
}

/** A host in another thread: each question waits, without turning the event loop, for its answer. */
export function remoteHost(ask: (question: Question) => void, data: ThreadData): Host {
  const query = (question: Question): string | number | undefined => {
    Atomics.store(data.answered, 0, 0);
    ask(question);
    Atomics.wait(data.answered, 0, 0);
    const received: { message: Answer } | undefined = receiveMessageOnPort(data.answers);
    if (received === undefined) throw new OrkError('internal', 'the host gave no answer');
    if ('failure' in received.message) throw fromFailure(received.message.failure);
    return received.message.value;
  };
  const optional = (value: string | number | undefined) =>
    value === undefined ? undefined : String(value);
  return {
    env: (name) => optional(query({ about: 'env', name })),
    secret: (name) => optional(query({ about: 'secret', name })),
    now: () => new Date(Number(query({ about: 'now' }))),
    uuid: () => String(query({ about: 'uuid' })),
  };
}

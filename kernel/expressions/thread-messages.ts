import { asOrkError, type ErrorDetails, OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { ExpressionError, type ExpressionReason } from './errors.ts';

/** What the evaluation thread is started with. */
export interface ThreadData {
  /** Where answers to questions arrive. */
  answers: import('node:worker_threads').MessagePort;
  /** One number: 0 while an answer is awaited. */
  answered: Int32Array;
}

/** To the thread: one expression, with the names that it can reach. */
export interface EvaluationRequest {
  source: string;
  names: JsonObject;
}

/** From the thread. It evaluates one expression at a time, and may ask while it does. */
export type ThreadMessage =
  | { kind: 'ready' }
  | { kind: 'question'; question: Question }
  | { kind: 'result'; result: Json }
  | { kind: 'failure'; failure: FailureDetails };

/** What an expression asks of its host. */
export type Question = { about: 'env' | 'secret'; name: string } | { about: 'now' | 'uuid' };

/** `value` is a text, or milliseconds since the epoch. */
export type Answer = { value: string | number | undefined } | { failure: FailureDetails };

/** An error as it travels between threads. */
export interface FailureDetails extends ErrorDetails {
  /** Of an `ExpressionError`: the text that failed, and where. */
  expression?: string;
  offset?: number | undefined;
  length?: number;
}

/** Whatever was thrown, as plain data. */
export function toFailure(thrown: unknown): FailureDetails {
  const error = asOrkError(thrown);
  if (!(error instanceof ExpressionError)) return error.toDetails();
  const { expression, offset, length } = error;
  return { ...error.toDetails(), expression, offset, length };
}

/** The error that was thrown in the other thread. */
export function fromFailure({ expression, offset, length, ...details }: FailureDetails): OrkError {
  if (expression === undefined) return OrkError.fromDetails(details);
  const { code, message, reason, hint } = details;
  return new ExpressionError(message, {
    code,
    reason: reason as ExpressionReason,
    expression,
    ...(hint === undefined ? {} : { hint }),
    ...(offset === undefined ? {} : { offset }),
    ...(length === undefined ? {} : { length }),
  });
}

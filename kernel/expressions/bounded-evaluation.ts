import type { Json } from '../types/json.ts';
import type { Expression } from './cel.ts';
import type { EvaluationThread } from './evaluation-thread.ts';
import { EXPRESSION_DEADLINE_MS, INLINE_STEPS } from './limits.ts';
import type { Scope } from './scope.ts';

let thread: Promise<EvaluationThread> | undefined;

/**
 * Evaluates an expression in bounded time. A linear one is evaluated at once, and so is one that turns
 * out to be cheap for the data at hand. Any other is evaluated in a thread of its own, which is ended
 * after the deadline: rejects with the code `timeout` and the reason `expression.timeout` then, and
 * otherwise as `Expression.evaluate` throws. An expression that turns out not to be cheap asks its host
 * again in the thread.
 */
export async function evaluateBounded(
  expression: Expression,
  scope: Scope,
  deadlineMs: number = EXPRESSION_DEADLINE_MS,
): Promise<Json> {
  const ended = expression.evaluateWithin(INLINE_STEPS, scope.names, scope);
  if (ended !== undefined) return ended.result;
  thread ??= import('./evaluation-thread.ts').then((file) => new file.EvaluationThread());
  return (await thread).evaluate(expression, scope, deadlineMs);
}

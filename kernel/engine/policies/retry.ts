import type { RetryPolicy } from '../../playbook/model.ts';
import type { OrkError } from '../../types/errors.ts';

/** The longest wait that a `retry-after` can ask for, in milliseconds. */
const LONGEST_RETRY_AFTER = 3_600_000;

export interface FailedAttempt {
  /** Counts from 1. */
  attempt: number;
  error: OrkError;
  /** Its streams have moved a record, so that another attempt could not start from the same place. */
  streamed: boolean;
  /** From 0 up to 1; spreads the delays of workloads that failed together. */
  random: number;
}

export type RetryDecision =
  /** Milliseconds. */
  | { kind: 'retry'; delay: number }
  | { kind: 'give-up' }
  /** It would be tried again, were it not for its streams. */
  | { kind: 'not-replayable' };

/**
 * Whether a failed attempt is followed by another, and after how long: `delay` times `factor` for each attempt before,
 * at most `max_delay`, with jitter between half of that and all of it, and never less than what the error's
 * `retry-after` asks for.
 */
export function decideRetry(policy: RetryPolicy | undefined, failed: FailedAttempt): RetryDecision {
  const { attempt, error, streamed, random } = failed;
  if (policy === undefined || attempt >= policy.attempts || !policy.on.includes(error.code)) {
    return { kind: 'give-up' };
  }
  if (streamed) return { kind: 'not-replayable' };
  // Without the bound a factor soon reaches infinity, and no delay at all times that is not a number.
  const growth = Math.min(policy.factor ** (attempt - 1), Number.MAX_SAFE_INTEGER);
  const grown = Math.min(policy.maxDelay, policy.delay * growth);
  const spread = policy.jitter ? grown * (0.5 + random / 2) : grown;
  const asked = Math.min(error.retryAfter ?? 0, LONGEST_RETRY_AFTER);
  return { kind: 'retry', delay: Math.max(Math.round(spread), asked) };
}

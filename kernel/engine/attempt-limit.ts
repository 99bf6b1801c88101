import { OrkError } from '../types/errors.ts';
import { startTimer } from '../types/long-timer.ts';

/**
 * What ended an attempt from outside: its timeout, the run, that a service is no longer needed, or an error
 * that the kernel found (the signal's reason).
 */
export type Limit = 'timeout' | 'stop' | 'service' | OrkError;

/** The reason that a service's stop signal carries. */
export const SERVICE_DONE = Symbol('service done');

export interface AttemptLimit {
  signal: AbortSignal;
  /** Which limit the attempt ran into first, if any. */
  passed(): Limit | undefined;
  /** A service that is ready has met its timeout. */
  lift(): void;
  release(): void;
}

/** Ends an attempt when its timeout (milliseconds) has passed or `stop` fires, and remembers which came first. */
export function startLimit(timeout: number | undefined, stop: AbortSignal): AttemptLimit {
  const limit = new AbortController();
  let passed: Limit | undefined;
  const pass = (which: Limit): void => {
    passed ??= which;
    limit.abort();
  };
  const onStop = (): void => pass(limitOf(stop.reason));
  const cancelTimer =
    timeout === undefined ? undefined : startTimer(timeout, () => pass('timeout'));
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    signal: limit.signal,
    passed: () => passed,
    lift: () => cancelTimer?.(),
    release: () => {
      cancelTimer?.();
      stop.removeEventListener('abort', onStop);
    },
  };
}

function limitOf(reason: unknown): Limit {
  if (reason instanceof OrkError) return reason;
  return reason === SERVICE_DONE ? 'service' : 'stop';
}

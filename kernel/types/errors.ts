/**
 * The error codes of the module contract (`wit/ork-module.wit`, `error-code`).
 * The code decides what the engine does next; `reason` says more and is free to grow.
 */
export const ERROR_CODES = [
  'invalid-argument',
  'denied',
  'not-found',
  'already-exists',
  'failed-precondition',
  'timeout',
  'canceled',
  'closed',
  'resource-exhausted',
  'unavailable',
  'unsupported',
  'io',
  'internal',
  'other',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error as it travels in frames, reports and JSON output. */
export interface ErrorDetails {
  code: ErrorCode;
  /** Stable and machine-readable, e.g. `stream.closed`. */
  reason: string;
  message: string;
  /** One line a person can act on. */
  hint?: string;
  /** Milliseconds after which a retry may succeed. */
  retryAfter?: number;
}

export interface OrkErrorOptions {
  reason?: string;
  hint?: string;
  retryAfter?: number;
  cause?: unknown;
}

/** The one error class of the kernel: what happened, where, and what to do about it. */
export class OrkError extends Error {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: OrkErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OrkError';
    this.code = code;
    this.reason = options.reason ?? code;
    this.hint = options.hint;
    this.retryAfter = options.retryAfter;
  }

  /** The error as plain data, without its stack. */
  toDetails(): ErrorDetails {
    const details: ErrorDetails = { code: this.code, reason: this.reason, message: this.message };
    if (this.hint !== undefined) details.hint = this.hint;
    if (this.retryAfter !== undefined) details.retryAfter = this.retryAfter;
    return details;
  }

  static fromDetails(details: ErrorDetails): OrkError {
    const { code, message, ...options } = details;
    return new OrkError(code, message, options);
  }
}

/** Whatever was thrown, as an `OrkError`; what is not one becomes `internal`. */
export function asOrkError(thrown: unknown): OrkError {
  if (thrown instanceof OrkError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OrkError('internal', message, { cause: thrown });
}

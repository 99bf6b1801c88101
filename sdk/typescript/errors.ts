import { ERROR_CODES, type ErrorCode } from '../../kernel/types/errors.ts';
import type { JsonObject } from '../../kernel/types/json.ts';

export interface OrkErrorOptions {
  /** Stable and machine-readable, e.g. `exec.exit-code`; the code itself when left out. */
  reason?: string | undefined;
  /** One line a person can act on. */
  hint?: string | undefined;
  /** What is registered although the workload failed. */
  summary?: JsonObject | undefined;
  /** Milliseconds after which a retry may succeed. */
  retryAfter?: number | undefined;
}

/** A failure with a code that the engine understands; throw it out of `perform`. */
export class OrkError extends Error {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string | undefined;
  readonly summary: JsonObject | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: string | OrkErrorOptions = {}) {
    super(message);
    const { reason, hint, summary, retryAfter } =
      typeof options === 'string' ? { hint: options } : options;
    this.name = 'OrkError';
    this.code = code;
    this.reason = reason ?? code;
    this.hint = hint;
    this.summary = summary;
    this.retryAfter = retryAfter;
  }

  /** As the record of a dead-letter port: what went wrong, and with which record. */
  toRejection(record: JsonObject): JsonObject {
    const { code, reason, message } = this;
    return { error: { code, reason, message }, record };
  }
}

/** Thrown by `pause`; caught by the SDK only. */
export class PauseRequest extends Error {
  readonly reason: string;
  readonly token: string | undefined;
  readonly expires: number | undefined;

  constructor(reason: string, token: string | undefined, expires: number | undefined) {
    super(reason);
    this.name = 'PauseRequest';
    this.reason = reason;
    this.token = token;
    this.expires = expires;
  }
}

/** Stops the workflow here until a signal resumes it; `expires` in milliseconds. */
export function pause(reason: string, options: { token?: string; expires?: number } = {}): never {
  throw new PauseRequest(reason, options.token, options.expires);
}

/** The error that a host function threw, as an `OrkError`; anything else is left as it is. */
export function fromHost(thrown: unknown): unknown {
  const payload = (thrown as { payload?: unknown } | null | undefined)?.payload;
  if (!isWireError(payload)) return thrown;
  return new OrkError(payload.code, payload.message, {
    reason: payload.reason,
    hint: payload.hint ?? undefined,
    retryAfter: payload.retryAfter ?? undefined,
  });
}

/** Runs one host call, so that its error can be caught as an `OrkError`. */
export function hostCall<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw fromHost(thrown);
  }
}

interface WirePayload {
  code: ErrorCode;
  reason: string;
  message: string;
  hint?: string | null;
  retryAfter?: number | null;
}

function isWireError(value: unknown): value is WirePayload {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as Partial<WirePayload>;
  return typeof message === 'string' && ERROR_CODES.includes(code as ErrorCode);
}

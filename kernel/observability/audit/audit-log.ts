import { asOrkError, OrkError } from '../../types/errors.ts';
import type { JsonObject } from '../../types/json.ts';
import { type AuditHead, GENESIS, plainSeal, type Seal, sealEntry } from './audit-chain.ts';
import type { AuditEntry, AuditEvent } from './audit-event.ts';
import { boundDetail, boundText } from './bound-detail.ts';

/** Where the lines go. Each call comes after the one before has ended. */
export interface AuditSink {
  /** Whole lines. Nothing is appended any more after a rejection. */
  append(lines: string): Promise<void>;
  /** Resolves when all that was appended would survive a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface AuditLogOptions {
  /** On whose behalf things happen, e.g. `user:alice`. */
  actor: string;
  /** The id of the run that events belong to which do not name another one. */
  run?: string;
  seal?: Seal;
  /** The head of the log that this one goes on with. */
  head?: AuditHead;
  /** Removes secrets, before anything is hashed. */
  redact?(fields: JsonObject): JsonObject;
  /** Called once, and never while an event is being recorded: nothing is recorded any more. */
  onFailed?(error: OrkError): void;
}

/** How long a line may be written and not yet synced, in milliseconds, when nobody asks for it sooner. */
const SYNC_DELAY_MS = 1000;
/** More lines than this waiting, and the disk counts as failed. */
const MAX_PENDING = 100_000;

interface Waiter {
  resolve(head: AuditHead): void;
  reject(error: OrkError): void;
}

/**
 * The audit log: each event becomes one line, chained to the line before by its hash. Lines are written in the order
 * in which they were recorded, many at once where many come at once.
 */
export class AuditLog {
  readonly #sink: AuditSink;
  readonly #options: AuditLogOptions;
  #head: AuditHead;
  #failed: OrkError | undefined;
  #pending: AuditEvent[] = [];
  #waiters: Waiter[] = [];
  #working = false;
  #syncTimer: NodeJS.Timeout | undefined;
  #closing: Promise<AuditHead> | undefined;

  constructor(sink: AuditSink, options: AuditLogOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#head = options.head ?? GENESIS;
  }

  /** Set once a line could not be written (`resource-exhausted`, reason `audit.unwritable`): start nothing new. */
  get failed(): OrkError | undefined {
    return this.#failed;
  }

  /** Takes the event as the next line. Does nothing once the log has failed or is closed. */
  record(event: AuditEvent): void {
    if (this.#failed !== undefined || this.#closing !== undefined) return;
    this.#pending.push(event);
    if (this.#pending.length > MAX_PENDING) {
      this.#fail(new Error('the disk takes the lines more slowly than they come'));
      return;
    }
    this.#wake();
  }

  /** Resolves with the head when everything recorded so far is safe. Rejects with what `failed` says. */
  flush(): Promise<AuditHead> {
    if (this.#closing !== undefined) return this.#closing;
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#wake();
    });
  }

  /** Flushes and closes, however often it is called. */
  close(): Promise<AuditHead> {
    clearTimeout(this.#syncTimer);
    // Nobody flushes after this: the last waiter is the one that closes.
    this.#closing ??= this.flush().finally(() => this.#sink.close());
    return this.#closing;
  }

  #entryOf({ event, time, workload, run, detail }: AuditEvent): AuditEntry {
    const { actor, run: logged = null, redact = (fields) => fields } = this.#options;
    const fields = redact({ actor, workload: workload ?? null, detail: detail as JsonObject });
    return {
      event,
      time,
      run: run ?? logged,
      actor: boundText(String(fields['actor'])),
      workload: workload === undefined ? null : boundText(String(fields['workload'])),
      detail: boundDetail(fields['detail'] ?? {}),
    };
  }

  #wake(): void {
    if (this.#working) return;
    this.#working = true;
    // Later than what is recorded in this turn: that becomes one write.
    setImmediate(() => void this.#work());
  }

  async #work(): Promise<void> {
    try {
      while (this.#pending.length > 0 || this.#waiters.length > 0) await this.#writeOnce();
    } catch (error) {
      this.#fail(error);
    }
    this.#working = false;
  }

  async #writeOnce(): Promise<void> {
    // In this order: a waiter's lines are among those that are taken after it.
    const waiters = this.#waiters.splice(0);
    const lines = this.#pending.splice(0).map((event) => this.#seal(this.#entryOf(event)));
    const head = this.#head;
    try {
      if (lines.length > 0) await this.#sink.append(lines.join(''));
      if (waiters.length > 0) await this.#sink.sync();
    } catch (error) {
      this.#waiters.push(...waiters);
      throw error;
    }
    for (const { resolve } of waiters) resolve(head);
    if (waiters.length === 0) this.#syncLater();
  }

  #seal(entry: AuditEntry): string {
    const { line, head } = sealEntry(entry, this.#head, this.#options.seal ?? plainSeal);
    this.#head = head;
    return `${line}\n`;
  }

  #syncLater(): void {
    if (this.#closing !== undefined) return;
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      // What goes wrong is told by `failed`.
      this.flush().catch(() => {});
    }, SYNC_DELAY_MS).unref();
  }

  #fail(thrown: unknown): void {
    const isFirst = this.#failed === undefined;
    const failed = this.#failed ?? unwritable(thrown);
    this.#failed = failed;
    this.#pending = [];
    for (const { reject } of this.#waiters.splice(0)) reject(failed);
    if (isFirst) queueMicrotask(() => this.#options.onFailed?.(failed));
  }
}

function unwritable(cause: unknown): OrkError {
  return new OrkError(
    'resource-exhausted',
    `the audit log cannot be written: ${asOrkError(cause).message}`,
    {
      reason: 'audit.unwritable',
      hint: 'nothing new is started without it: make room on its disk, and run again',
      cause,
    },
  );
}

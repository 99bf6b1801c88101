import type { Duplex } from 'node:stream';
import type { OrkError } from '../types/errors.ts';
import { isJsonObject, type Json } from '../types/json.ts';
import { stepError } from './step-error.ts';

/** More than the longest report that ork-sandbox writes. */
const MAX_LINE_BYTES = 64 * 1024;

/** What is not clean by then costs the worker its life, which is quicker. */
const RESET_TIMEOUT_MS = 2000;

const SIGNAL_BITS = 0x7f;

/**
 * The conversation with the helper that has wrapped a worker: the plan goes out, reports come back. Nothing inside the
 * sandbox holds the other end but the helper itself.
 */
export class SandboxControl {
  readonly #socket: Duplex;
  #rest = '';
  #failure: OrkError | undefined;
  #signal: number | undefined;
  #confined: () => void = () => {};
  /** Resolves when the worker is in its control groups. Never, when the sandbox could not be set up. */
  readonly confined = new Promise<void>((resolve) => {
    this.#confined = resolve;
  });
  #answers: ((clean: boolean) => void)[] = [];

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => this.#take(bytes.toString()));
    socket.once('close', () => this.#settle(false));
  }

  /** Why the sandbox could not be set up. */
  get failure(): OrkError | undefined {
    return this.#failure;
  }

  /** The number of the signal that ended the worker; 0 when none did, undefined when nothing is known. */
  get signal(): number | undefined {
    return this.#signal;
  }

  send(plan: Buffer): void {
    const length = plan.length.toString(16).padStart(8, '0');
    this.#socket.write(Buffer.concat([Buffer.from(length, 'latin1'), plan]));
  }

  /**
   * Ends everything in the sandbox but the worker, and empties its folders in memory. Resolves with false when
   * something may be left.
   */
  reset(): Promise<boolean> {
    if (this.#socket.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), RESET_TIMEOUT_MS);
      this.#answers.push((clean) => {
        clearTimeout(late);
        resolve(clean);
      });
      this.#socket.write('R');
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-MAX_LINE_BYTES);
    for (const line of lines) this.#read(line);
  }

  #read(line: string): void {
    const report = parseJson(line);
    if (!isJsonObject(report)) return;
    const { event, step, subject, error, status, clean } = report;
    if (event === 'failed') {
      this.#failure ??= stepError({
        step: String(step),
        subject: String(subject),
        error: String(error),
      });
    }
    if (event === 'confined') this.#confined();
    if (event === 'ended' && typeof status === 'number') this.#signal = status & SIGNAL_BITS;
    if (event === 'reset') this.#answers.shift()?.(clean === 1);
  }

  #settle(clean: boolean): void {
    for (const answer of this.#answers.splice(0)) answer(clean);
  }
}

function parseJson(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
}

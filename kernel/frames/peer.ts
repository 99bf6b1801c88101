import type { Duplex } from 'node:stream';
import {
  asOrkError,
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
  OrkError,
} from '../types/errors.ts';
import { isJsonObject, type JsonObject } from '../types/json.ts';
import { encodeFrame, FRAME_KINDS, type Frame, FrameDecoder } from './frame.ts';

export interface Message {
  header: JsonObject;
  body: Uint8Array;
}

export interface PeerHandlers {
  /** Answers a request; what it throws goes back as an error. */
  request(method: string, message: Message): Promise<Reply> | Reply;
  event(method: string, message: Message): void;
  /** Called once: the other end is gone, or broke the protocol (then with the error). */
  closed(error: OrkError | undefined): void;
}

export interface Reply {
  header?: JsonObject;
  body?: Uint8Array;
}

/** More requests than this at once from the other end, and the connection is cut. */
const MAX_CALLS_IN_FLIGHT = 1024;

/** While the other end leaves more than this unread, its requests wait. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

const NO_BYTES = new Uint8Array(0);

interface Waiting {
  resolve(message: Message): void;
  reject(error: OrkError): void;
}

/**
 * Both ends of a kernel-worker connection: requests in either direction, multiplexed by id, and
 * events without an answer. Nothing that arrives is trusted to be well formed.
 */
export class Peer {
  readonly #socket: Duplex;
  readonly #handlers: PeerHandlers;
  readonly #decoder = new FrameDecoder();
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #inFlight = 0;
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(socket: Duplex, handlers: PeerHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.on('data', (piece: Buffer) => this.#receive(piece));
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
    socket.on('end', () => this.close());
  }

  /** Sends a request and waits for its answer. Rejects with the other end's error, or `unavailable` when it is gone. */
  request(method: string, header: JsonObject, body: Uint8Array = NO_BYTES): Promise<Message> {
    if (this.#closed) return Promise.reject(connectionGone());
    const id = this.#nextId;
    this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      try {
        this.#send({ kind: FRAME_KINDS.request, id, header: { m: method, ...header }, body });
      } catch (error) {
        this.#waiting.delete(id);
        reject(asOrkError(error));
      }
    });
  }

  notify(method: string, header: JsonObject): void {
    if (this.#closed) return;
    this.#send({
      kind: FRAME_KINDS.event,
      id: 0,
      header: { m: method, ...header },
      body: NO_BYTES,
    });
  }

  close(error?: OrkError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error ?? connectionGone());
    this.#handlers.closed(error);
  }

  #send(frame: Frame): void {
    if (this.#closed) return;
    const [head, body] = encodeFrame(frame);
    this.#socket.cork();
    this.#socket.write(head);
    if (body.length > 0) this.#socket.write(body);
    this.#socket.uncork();
  }

  #receive(piece: Buffer): void {
    try {
      for (const frame of this.#decoder.push(piece)) {
        if (this.#closed) return;
        this.#dispatch(frame);
      }
    } catch (error) {
      this.close(asOrkError(error));
    }
  }

  #dispatch(frame: Frame): void {
    switch (frame.kind) {
      case FRAME_KINDS.request:
        if (this.#inFlight >= MAX_CALLS_IN_FLIGHT) throw violation('too many calls in flight');
        void this.#answer(frame);
        return;
      case FRAME_KINDS.event:
        this.#handlers.event(methodOf(frame), frame);
        return;
      case FRAME_KINDS.result:
        this.#settle(frame.id).resolve(frame);
        return;
      case FRAME_KINDS.error:
        this.#settle(frame.id).reject(readError(frame.header));
    }
  }

  #settle(id: number): Waiting {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) throw violation(`an answer to no request (${id})`);
    this.#waiting.delete(id);
    return waiting;
  }

  async #answer(frame: Frame): Promise<void> {
    this.#inFlight++;
    try {
      while (!this.#closed && this.#socket.writableLength > MAX_UNREAD_BYTES) await this.#drained();
      const reply = await this.#handlers.request(methodOf(frame), frame);
      const { header = {}, body = NO_BYTES } = reply;
      this.#send({ kind: FRAME_KINDS.result, id: frame.id, header, body });
    } catch (error) {
      const header = { ...asOrkError(error).toDetails() };
      this.#send({ kind: FRAME_KINDS.error, id: frame.id, header, body: NO_BYTES });
    } finally {
      this.#inFlight--;
    }
  }

  /** Resolves when the other end has read all that it was sent, or is gone. */
  #drained(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      const end = (): void => {
        this.#socket.off('drain', end);
        this.#socket.off('close', end);
        this.#draining = undefined;
        resolve();
      };
      this.#socket.on('drain', end);
      this.#socket.on('close', end);
    });
    return this.#draining;
  }
}

function methodOf(frame: Frame): string {
  const method = frame.header['m'];
  if (typeof method !== 'string') throw violation('a message without a method');
  return method;
}

/** Longer texts in an error are cut: they end up in reports and on terminals. */
const MAX_ERROR_TEXT = 16 * 1024;

function textOf(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value.slice(0, MAX_ERROR_TEXT) : fallback;
}

/** The error that a header describes, with whatever is not of its form left out. */
export function readError(header: JsonObject): OrkError {
  const code = header['code'];
  const details: ErrorDetails = {
    code: ERROR_CODES.includes(code as ErrorCode) ? (code as ErrorCode) : 'other',
    reason: textOf(header['reason'], 'other'),
    message: textOf(header['message'], 'no message'),
  };
  if (typeof header['hint'] === 'string') details.hint = textOf(header['hint'], '');
  if (typeof header['retryAfter'] === 'number') details.retryAfter = header['retryAfter'];
  return OrkError.fromDetails(details);
}

/** A field of a header that must be a whole number from 0 up. */
export function readCount(header: JsonObject, name: string): number {
  const value = header[name];
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw violation(`\`${name}\` is no count`);
  }
  return value as number;
}

export function readObject(header: JsonObject, name: string): JsonObject {
  const value = header[name];
  if (!isJsonObject(value)) throw violation(`\`${name}\` is no object`);
  return value;
}

function violation(what: string): OrkError {
  return new OrkError('invalid-argument', `protocol violation: ${what}`, {
    reason: 'protocol.violation',
  });
}

function connectionGone(): OrkError {
  return new OrkError('unavailable', 'the connection is gone', { reason: 'protocol.closed' });
}

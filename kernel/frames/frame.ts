import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';

/**
 * One message between kernel and worker: a small JSON header, and a body of bytes that the kernel
 * forwards without looking inside (record batches).
 *
 * On the wire, all integers big-endian: `u32 length of what follows | u8 kind | u32 id |
 * u32 header length | header | body`.
 */
export interface Frame {
  kind: FrameKind;
  /** Ties a result or an error to its request; 0 for events. */
  id: number;
  header: JsonObject;
  body: Uint8Array;
}

export const FRAME_KINDS = { request: 1, result: 2, error: 3, event: 4 } as const;
export type FrameKind = (typeof FRAME_KINDS)[keyof typeof FRAME_KINDS];

/** Frames above this many bytes are refused: the sender is broken or hostile. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const LENGTH_BYTES = 4;
const PREFIX_BYTES = 9;
const NO_BYTES = new Uint8Array(0);

/** The frame as bytes: a head and the body, apart so that a large body is not copied. */
export function encodeFrame(frame: Frame): [head: Buffer, body: Uint8Array] {
  const header = Buffer.from(JSON.stringify(frame.header));
  const length = PREFIX_BYTES + header.length + frame.body.length;
  if (length > MAX_FRAME_BYTES) throw oversized(length);
  const head = Buffer.allocUnsafe(LENGTH_BYTES + PREFIX_BYTES + header.length);
  head.writeUInt32BE(length, 0);
  head.writeUInt8(frame.kind, 4);
  head.writeUInt32BE(frame.id, 5);
  head.writeUInt32BE(header.length, 9);
  header.copy(head, LENGTH_BYTES + PREFIX_BYTES);
  return [head, frame.body];
}

/** Cuts a stream of bytes, arriving in pieces of any size, into frames. */
export class FrameDecoder {
  #pieces: Buffer[] = [];
  #buffered = 0;

  /** The frames that this piece completes. Throws `invalid-argument`, `protocol.*`, on anything malformed. */
  push(piece: Buffer): Frame[] {
    this.#pieces.push(piece);
    this.#buffered += piece.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#buffered < LENGTH_BYTES) return undefined;
    const length = this.#peekLength();
    if (length > MAX_FRAME_BYTES) throw oversized(length);
    if (length < PREFIX_BYTES) throw malformed('shorter than its own prefix');
    if (this.#buffered < LENGTH_BYTES + length) return undefined;
    return parseFrame(this.#take(LENGTH_BYTES + length).subarray(LENGTH_BYTES));
  }

  #peekLength(): number {
    const first = this.#pieces[0] as Buffer;
    if (first.length < LENGTH_BYTES) this.#pieces = [Buffer.concat(this.#pieces)];
    return (this.#pieces[0] as Buffer).readUInt32BE(0);
  }

  #take(count: number): Buffer {
    this.#buffered -= count;
    const first = this.#pieces[0] as Buffer;
    if (first.length > count) {
      this.#pieces[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    if (first.length === count) {
      this.#pieces.shift();
      return first;
    }
    const all = Buffer.concat(this.#pieces);
    this.#pieces = all.length > count ? [all.subarray(count)] : [];
    return all.subarray(0, count);
  }
}

function parseFrame(bytes: Buffer): Frame {
  const kind = bytes.readUInt8(0);
  if (kind < FRAME_KINDS.request || kind > FRAME_KINDS.event) throw malformed(`kind ${kind}`);
  const headerLength = bytes.readUInt32BE(5);
  const bodyStart = PREFIX_BYTES + headerLength;
  if (bodyStart > bytes.length) throw malformed('header longer than the frame');
  return {
    kind: kind as FrameKind,
    id: bytes.readUInt32BE(1),
    header: parseHeader(bytes.toString('utf8', PREFIX_BYTES, bodyStart)),
    body: bodyStart === bytes.length ? NO_BYTES : bytes.subarray(bodyStart),
  };
}

function parseHeader(text: string): JsonObject {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw malformed('header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw malformed('header is not an object');
  }
  return header as JsonObject;
}

function malformed(what: string): OrkError {
  return new OrkError('invalid-argument', `malformed frame: ${what}`, {
    reason: 'protocol.malformed-frame',
  });
}

function oversized(length: number): OrkError {
  return new OrkError(
    'resource-exhausted',
    `a frame of ${length} bytes exceeds the limit of ${MAX_FRAME_BYTES}`,
    { reason: 'protocol.oversized-frame', hint: 'send smaller batches of records' },
  );
}

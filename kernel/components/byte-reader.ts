/** Thrown for bytes that are not what they claim to be; the callers say which file it was. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads WebAssembly's primitives from bytes that nobody vouches for; never past their end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#offset];
    if (value === undefined) throw new MalformedBytes('The bytes end too early.');
    this.#offset += 1;
    return value;
  }

  /** An unsigned 32-bit LEB128 number: five bytes at most, no bits beyond the 32nd. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new MalformedBytes('A number is longer than 32 bits.');
  }

  bytes(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new MalformedBytes('A length goes beyond the end.');
    const part = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }

  name(): string {
    const bytes = this.bytes(this.u32());
    try {
      return decoder.decode(bytes);
    } catch {
      throw new MalformedBytes('A name is not UTF-8.');
    }
  }
}

/** What authors expect of a JavaScript engine and QuickJS in a component does not bring. */
import type { EntropyHost, LogHost, LogLevel } from '../host.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';
import { wellFormed } from './well-formed.ts';

/** Host functions cannot be called while the component is being built (top-level code runs then). */
export const guest = { running: false };

const RANDOM_POOL = 256;
const ENTROPY_LIMIT = 65_536;

export function installGlobals(host: { log: LogHost; entropy: EntropyHost }): void {
  const target = globalThis as unknown as Record<string, unknown>;
  const random = (length: number) => {
    if (guest.running) return host.entropy.bytes(length);
    throw new Error('Randomness is not to be had at the top level of a module: use it in perform.');
  };
  Math.random = createRandom(random);
  target['crypto'] = createCrypto(random);
  target['console'] = createConsole(host.log);
  target['TextEncoder'] = Utf8Encoder;
  target['TextDecoder'] = Utf8Decoder;
}

type Entropy = (length: number) => Uint8Array;

/** The engine's own generator is frozen by the snapshot: every instance would draw the same numbers. */
export function createRandom(entropy: Entropy): () => number {
  let pool: DataView = new DataView(new ArrayBuffer(0));
  let offset = 0;
  return () => {
    if (offset + 8 > pool.byteLength) {
      const bytes = entropy(RANDOM_POOL);
      pool = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      offset = 0;
    }
    const high = pool.getUint32(offset) >>> 5;
    const low = pool.getUint32(offset + 4) >>> 6;
    offset += 8;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}

export function createCrypto(entropy: Entropy) {
  function getRandomValues<T extends ArrayBufferView>(target: T): T {
    if (target.byteLength > ENTROPY_LIMIT) {
      throw new RangeError(`getRandomValues takes at most ${ENTROPY_LIMIT} bytes.`);
    }
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    bytes.set(entropy(target.byteLength));
    return target;
  }
  function randomUUID(): string {
    const bytes = getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
  return { getRandomValues, randomUUID };
}

function createConsole(log: LogHost) {
  const at =
    (level: LogLevel) =>
    (...values: unknown[]) => {
      if (guest.running) log.write(level, wellFormed(values.map(show).join(' ')), undefined);
    };
  const info = at('info');
  return { log: info, info, debug: at('debug'), warn: at('warn'), error: at('error') };
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error)
    return value.stack ? `${String(value)}\n${value.stack}` : String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

class Utf8Encoder {
  readonly encoding = 'utf-8';

  encode(text = ''): Uint8Array {
    return encodeUtf8(text);
  }
}

class Utf8Decoder {
  readonly encoding = 'utf-8';
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`Only utf-8 can be decoded, not ${label}.`);
    this.fatal = options.fatal ?? false;
    this.ignoreBOM = options.ignoreBOM ?? false;
  }

  decode(source: Uint8Array | ArrayBuffer = new Uint8Array(0), options?: { stream?: boolean }) {
    if (options?.stream === true) throw new TypeError('Decoding in pieces is not supported.');
    const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source;
    const text = decodeUtf8(bytes, this.fatal);
    return !this.ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
}

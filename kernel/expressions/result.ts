import { type CelMap, type CelValue, celType, isCelList, isCelMap, isCelUint } from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import type { Json } from '../types/json.ts';
import { viewedJson } from './json-view.ts';
import { MAX_RESULT_BYTES } from './limits.ts';

const MAX_RESULT_DEPTH = 128;
const SHORTEST_VALUE = 2;

/**
 * What CEL computed, as JSON: integers become numbers, bytes base64, timestamps RFC 3339 and
 * durations seconds with an `s`. Throws `invalid-argument` for what JSON cannot hold (infinity, NaN,
 * integers beyond 2^53, types) and `resource-exhausted` beyond `MAX_RESULT_BYTES`.
 */
export function toJson(value: CelValue): Json {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return finite(value);
    case 'bigint':
      return safeInteger(value);
    default:
      return new Converter().convert(value, 0);
  }
}

class Converter {
  #left = MAX_RESULT_BYTES;

  convert(value: CelValue, depth: number): Json {
    if (depth > MAX_RESULT_DEPTH) throw tooLarge(`nests deeper than ${MAX_RESULT_DEPTH} levels`);
    if (value === null || typeof value === 'boolean') return this.#spend(SHORTEST_VALUE, value);
    if (typeof value === 'string') return this.#spend(value.length + 2, value);
    if (typeof value === 'number') return this.#spend(SHORTEST_VALUE, finite(value));
    if (typeof value === 'bigint') return this.#spend(SHORTEST_VALUE, safeInteger(value));
    const json = viewedJson(value);
    if (json !== undefined) return this.#measured(json);
    if (isCelList(value)) return Array.from(value, (element) => this.convert(element, depth + 1));
    if (isCelMap(value)) return this.#map(value, depth);
    return this.#spend(SHORTEST_VALUE, scalarObject(value));
  }

  #map(map: CelMap, depth: number): Json {
    const entries: [string, Json][] = [];
    for (const [key, value] of map) {
      const name = String(isCelUint(key) ? key.value : key);
      this.#spend(name.length + SHORTEST_VALUE, null);
      entries.push([name, this.convert(value, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  /** JSON that an expression passes on as it is: it only has to be small enough. */
  #measured<T extends Json>(root: T): T {
    const pending: Json[] = [root];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      this.#spend(SHORTEST_VALUE + (typeof value === 'string' ? value.length : 0), null);
      if (Array.isArray(value)) pending.push(...value);
      else if (typeof value === 'object' && value !== null) this.#measureMembers(value, pending);
    }
    return root;
  }

  #measureMembers(object: { [key: string]: Json }, pending: Json[]): void {
    for (const key of Object.keys(object)) {
      this.#spend(key.length + SHORTEST_VALUE, null);
      pending.push(object[key] as Json);
    }
  }

  #spend<T extends Json>(bytes: number, value: T): T {
    this.#left -= bytes;
    if (this.#left < 0) throw tooLarge(`is larger than ${MAX_RESULT_BYTES} bytes`);
    return value;
  }
}

function scalarObject(value: CelValue): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isCelUint(value)) return safeInteger(value.value);
  const type = celType(value).name;
  if (type === 'google.protobuf.Timestamp') return formatTimestamp(secondsAndNanos(value));
  if (type === 'google.protobuf.Duration') return formatSeconds(secondsAndNanos(value));
  throw notJson(`a value of type ${type} cannot be written as JSON`);
}

interface SecondsAndNanos {
  seconds: bigint;
  nanos: number;
}

function secondsAndNanos(value: CelValue): SecondsAndNanos {
  return (value as unknown as { message: SecondsAndNanos }).message;
}

function formatTimestamp({ seconds, nanos }: SecondsAndNanos): string {
  const whole = new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, '');
  return `${whole}${fraction(nanos)}Z`;
}

function formatSeconds({ seconds, nanos }: SecondsAndNanos): string {
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  const whole = seconds < 0n ? -seconds : seconds;
  return `${sign}${whole}${fraction(Math.abs(nanos))}s`;
}

/** `.5`, `.000001`, or nothing for a whole second. */
function fraction(nanos: number): string {
  return nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw notJson(`the result is ${value}, which JSON cannot hold`);
  return value;
}

function safeInteger(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw notJson(`the integer ${value} is beyond 2^53; turn it into text with string(…)`);
}

function notJson(message: string): OrkError {
  return new OrkError('invalid-argument', message, { reason: 'expression.evaluation' });
}

/** The error for a result, or an intermediate text, that is larger than an expression may yield. */
export function tooLarge(what: string): OrkError {
  return new OrkError('resource-exhausted', `the result ${what}`, {
    reason: 'expression.too-large',
  });
}

import { type CelMap, type CelValue, celType, isCelList, isCelMap, isCelUint } from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import { isJsonObject, type Json } from '../types/json.ts';
import { viewedJson } from './json-view.ts';
import { MAX_RESULT_BYTES, MAX_RESULT_DEPTH } from './limits.ts';
import { fraction, type Instant, instantOf, TIMESTAMP } from './timestamp.ts';

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

/** About how many bytes of JSON a value is. Throws as `toJson` does for what is too large or too deep. */
export function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length + SHORTEST_VALUE;
  if (typeof value !== 'object' || value === null) return SHORTEST_VALUE;
  const converter = new Converter();
  converter.measured(value, 0);
  return MAX_RESULT_BYTES - converter.left;
}

class Converter {
  left = MAX_RESULT_BYTES;

  convert(value: CelValue, depth: number): Json {
    if (depth > MAX_RESULT_DEPTH) throw tooDeep();
    if (value === null || typeof value === 'boolean') return this.#spend(SHORTEST_VALUE, value);
    if (typeof value === 'string') return this.#spend(value.length + 2, value);
    if (typeof value === 'number') return this.#spend(SHORTEST_VALUE, finite(value));
    if (typeof value === 'bigint') return this.#spend(SHORTEST_VALUE, safeInteger(value));
    const json = viewedJson(value);
    if (json !== undefined) return this.measured(json, depth);
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

  /** JSON that an expression passes on as it is: it only has to be small and flat enough. */
  measured<T extends Json>(root: T, depth: number): T {
    let level: Json[] = [root];
    for (let below = depth; level.length > 0; below++) {
      if (below > MAX_RESULT_DEPTH) throw tooDeep();
      const next: Json[] = [];
      for (const value of level) this.#measure(value, next);
      level = next;
    }
    return root;
  }

  #measure(value: Json, inside: Json[]): void {
    this.#spend(SHORTEST_VALUE + (typeof value === 'string' ? value.length : 0), null);
    if (Array.isArray(value)) {
      for (const element of value) inside.push(element);
    } else if (isJsonObject(value)) {
      for (const key of Object.keys(value)) {
        this.#spend(key.length + SHORTEST_VALUE, null);
        inside.push(value[key] as Json);
      }
    }
  }

  #spend<T extends Json>(bytes: number, value: T): T {
    this.left -= bytes;
    if (this.left < 0) throw tooLarge(`is larger than ${MAX_RESULT_BYTES} bytes`);
    return value;
  }
}

function scalarObject(value: CelValue): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isCelUint(value)) return safeInteger(value.value);
  const type = celType(value).name;
  if (type === TIMESTAMP) return formatTimestamp(instantOf(value));
  if (type === 'google.protobuf.Duration') return formatSeconds(instantOf(value));
  throw notJson(`a value of type ${type} cannot be written as JSON`);
}

function formatTimestamp({ seconds, nanos }: Instant): string {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) throw notJson('the time is out of range');
  const whole = date.toISOString().replace(/\.\d+Z$/, '');
  return `${whole}${fraction(nanos)}Z`;
}

function formatSeconds({ seconds, nanos }: Instant): string {
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  const whole = seconds < 0n ? -seconds : seconds;
  return `${sign}${whole}${fraction(Math.abs(nanos))}s`;
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

function tooDeep(): OrkError {
  return tooLarge(`nests deeper than ${MAX_RESULT_DEPTH} levels`);
}

/** The error for a result, or an intermediate text, that is larger than an expression may yield. */
export function tooLarge(what: string): OrkError {
  return new OrkError('resource-exhausted', `the result ${what}`, {
    reason: 'expression.too-large',
  });
}

/** UTF-8 for guests, whose engine has no `TextEncoder` and `TextDecoder`. */

const REPLACEMENT = 0xfffd;
/** `String.fromCharCode` takes its arguments on the stack. */
const UNITS_PER_CALL = 4096;
const NOT_ASCII = /[^\0-\x7f]/;

/** Lone surrogates become U+FFFD, as the standard has it. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      bytes[length++] = unit;
      continue;
    }
    const point = codePoint(text, index, unit);
    if (point > 0xffff) index += 1;
    length = put(bytes, length, point);
  }
  return bytes.slice(0, length);
}

function codePoint(text: string, index: number, unit: number): number {
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const next = text.charCodeAt(index + 1);
  const paired = unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff;
  return paired ? 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00) : REPLACEMENT;
}

function put(bytes: Uint8Array, at: number, point: number): number {
  let offset = at;
  if (point < 0x800) {
    bytes[offset++] = 0xc0 | (point >> 6);
  } else if (point < 0x10000) {
    bytes[offset++] = 0xe0 | (point >> 12);
    bytes[offset++] = 0x80 | ((point >> 6) & 0x3f);
  } else {
    bytes[offset++] = 0xf0 | (point >> 18);
    bytes[offset++] = 0x80 | ((point >> 12) & 0x3f);
    bytes[offset++] = 0x80 | ((point >> 6) & 0x3f);
  }
  bytes[offset++] = 0x80 | (point & 0x3f);
  return offset;
}

/** Malformed bytes become U+FFFD, or an error when `fatal`. */
export function decodeUtf8(bytes: Uint8Array, fatal = false): string {
  let text = '';
  let index = 0;
  while (index < bytes.length) {
    const end = Math.min(index + UNITS_PER_CALL, bytes.length);
    // As Latin-1 first: that runs natively, and most text turns out to be ASCII.
    const latin = String.fromCharCode(...bytes.subarray(index, end));
    if (NOT_ASCII.test(latin)) {
      const part = decodeFrom(bytes, index, end, fatal);
      text += part.text;
      index = part.next;
    } else {
      text += latin;
      index = end;
    }
  }
  return text;
}

/** Decodes at least up to `end`, and on to the end of the character that stands there. */
function decodeFrom(bytes: Uint8Array, start: number, end: number, fatal: boolean) {
  const units: number[] = [];
  let index = start;
  while (index < end) {
    const first = bytes[index] ?? 0;
    index += 1;
    if (first < 0x80) {
      units.push(first);
      continue;
    }
    const { point, next, malformed } = decodeSequence(bytes, index, first);
    if (fatal && malformed) throw new TypeError('The bytes are not valid UTF-8.');
    if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
    else units.push(point);
    index = next;
  }
  return { text: String.fromCharCode(...units), next: index };
}

interface Sequence {
  point: number;
  next: number;
  malformed: boolean;
}

/** What may follow a lead byte: how many bytes, and the range of the first of them. */
function follow(first: number): { needed: number; low: number; high: number } | undefined {
  if (first >= 0xc2 && first <= 0xdf) return { needed: 1, low: 0x80, high: 0xbf };
  if (first === 0xe0) return { needed: 2, low: 0xa0, high: 0xbf };
  if (first === 0xed) return { needed: 2, low: 0x80, high: 0x9f };
  if (first >= 0xe1 && first <= 0xef) return { needed: 2, low: 0x80, high: 0xbf };
  if (first === 0xf0) return { needed: 3, low: 0x90, high: 0xbf };
  if (first === 0xf4) return { needed: 3, low: 0x80, high: 0x8f };
  if (first >= 0xf1 && first <= 0xf3) return { needed: 3, low: 0x80, high: 0xbf };
  return undefined;
}

function decodeSequence(bytes: Uint8Array, start: number, first: number): Sequence {
  const rule = follow(first);
  if (rule === undefined) return { point: REPLACEMENT, next: start, malformed: true };
  let { low, high } = rule;
  let point = first & (0x3f >> rule.needed);
  let next = start;
  for (let taken = 0; taken < rule.needed; taken += 1) {
    const byte = bytes[next];
    if (byte === undefined || byte < low || byte > high) {
      return { point: REPLACEMENT, next, malformed: true };
    }
    point = (point << 6) | (byte & 0x3f);
    next += 1;
    low = 0x80;
    high = 0xbf;
  }
  return { point, next, malformed: false };
}

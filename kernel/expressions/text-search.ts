/** Up to this length the engine's own search is fast whatever the text holds. */
const SHORT_NEEDLE = 64;

/**
 * The offset of `needle` in `text`, or -1. The time grows with the sum of their lengths, where
 * `String.indexOf` can take their product: 12 s for a text of 512 KiB and a needle of 256 KiB.
 */
export function indexOfText(text: string, needle: string): number {
  if (needle.length <= SHORT_NEEDLE) return text.indexOf(needle);
  return offsetsOf(text, needle).next().value ?? -1;
}

/** `text.split(separator)` in linear time. */
export function splitText(text: string, separator: string): string[] {
  if (separator.length <= SHORT_NEEDLE) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  for (const offset of offsetsOf(text, separator)) {
    parts.push(text.slice(start, offset));
    start = offset + separator.length;
  }
  return [...parts, text.slice(start)];
}

/** Where the needle, which is not empty, stands without overlaps. */
function* offsetsOf(text: string, needle: string): Generator<number, undefined> {
  const borders = bordersOf(needle);
  let matched = 0;
  for (let position = 0; position < text.length; position++) {
    matched = extend(text.charCodeAt(position), needle, matched, borders);
    if (matched < needle.length) continue;
    yield position + 1 - needle.length;
    matched = 0;
  }
}

/** For each prefix of the needle, how long the longest proper prefix is that also ends it (Knuth, Morris, Pratt). */
function bordersOf(needle: string): Int32Array {
  const borders = new Int32Array(needle.length);
  let matched = 0;
  for (let position = 1; position < needle.length; position++) {
    matched = extend(needle.charCodeAt(position), needle, matched, borders);
    borders[position] = matched;
  }
  return borders;
}

function extend(unit: number, needle: string, matched: number, borders: Int32Array): number {
  let length = matched;
  while (length > 0 && needle.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
  return needle.charCodeAt(length) === unit ? length + 1 : length;
}

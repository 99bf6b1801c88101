/** Text made shorter, for what is kept in every instance and seldom read. The guest unpacks it by `unpack`. */

/** Digits that need no escape in a JavaScript string. */
const DIGITS = [...Array(92).keys()]
  .map((index) => String.fromCharCode(0x20 + index + (index > 1 ? 1 : 0) + (index > 58 ? 1 : 0)))
  .join('');
const BASE = DIGITS.length;
/** A repetition costs five characters. */
const SHORTEST = 7;
const LONGEST = SHORTEST + BASE - 1;
const CANDIDATES = 64;

/**
 * Repetitions are replaced by where they were seen before (LZ77). Each token is the length of a piece
 * of new text, that piece, the length of the repetition after it, and how far back that stands.
 */
export function pack(text: string): string {
  const seen = new Map<string, number[]>();
  let packed = '';
  let fresh = '';
  let position = 0;
  while (position < text.length) {
    const { start, length } = longestMatch(text, position, seen);
    const taken = Math.max(1, length);
    if (length === 0) fresh += text[position];
    if (length > 0 || fresh.length === BASE - 1) {
      packed += token(fresh, length, position - start);
      fresh = '';
    }
    for (const end = position + taken; position < end; position += 1) note(text, position, seen);
  }
  return packed + token(fresh, 0, 0);
}

/** The text again. It runs in guests, as source text of its own, so it uses nothing from outside. */
function unpack(packed: string, digits: string, shortest: number): string {
  const base = digits.length;
  let text = '';
  let position = 0;
  const next = (): number => digits.indexOf(packed[position++] as string);
  while (position < packed.length) {
    const fresh = next();
    text += packed.slice(position, position + fresh);
    position += fresh;
    const length = next();
    const distance = (next() * base + next()) * base + next();
    if (distance === 0) continue;
    const start = text.length - distance;
    text += text.slice(start, start + length + shortest);
  }
  return text;
}

/** An expression whose value is the text: the packed text, and the means to unpack it. */
export function packedExpression(text: string): string {
  const values = [pack(text), DIGITS, SHORTEST].map((value) => JSON.stringify(value));
  return `(${unpack.toString()})(${values.join(', ')})`;
}

function token(fresh: string, length: number, distance: number): string {
  const lengthDigit = digit(length === 0 ? 0 : length - SHORTEST);
  const far = length === 0 ? 0 : distance;
  const distanceDigits = [far / BASE ** 2, far / BASE, far].map((value) => digit(value));
  return digit(fresh.length) + fresh + lengthDigit + distanceDigits.join('');
}

function digit(value: number): string {
  return DIGITS.charAt(Math.floor(value) % BASE);
}

/** The longest earlier text that the text at `position` repeats; it may not overlap itself. */
function longestMatch(text: string, position: number, seen: ReadonlyMap<string, number[]>) {
  let best = { start: position, length: 0 };
  const starts = seen.get(text.slice(position, position + SHORTEST)) ?? [];
  for (const start of starts.slice(-CANDIDATES)) {
    const limit = Math.min(LONGEST, position - start, text.length - position);
    let length = 0;
    while (length < limit && text[start + length] === text[position + length]) length += 1;
    const isReachable = position - start < BASE ** 3;
    if (isReachable && length >= SHORTEST && length > best.length) best = { start, length };
  }
  return best;
}

function note(text: string, position: number, seen: Map<string, number[]>): void {
  const key = text.slice(position, position + SHORTEST);
  const starts = seen.get(key);
  if (starts === undefined) seen.set(key, [position]);
  else starts.push(position);
}

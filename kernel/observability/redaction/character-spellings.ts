import { exactly, hexDigits, type Spelling, SpellingBuilder, type Units } from './spelling.ts';

/** A text may be escaped, and the result again: each time the backslashes of an escape are doubled. */
const MAX_ESCAPE_BACKSLASHES = 4;
/** The same for a character that stands for itself once escaped. */
const MAX_BACKSLASHES = 8;

const SHORT_ESCAPES = new Map([
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\f', 'f'],
  ['\r', 'r'],
]);

const ENTITIES = new Map([
  ['&', ['&amp;']],
  ['<', ['&lt;']],
  ['>', ['&gt;']],
  ['"', ['&quot;']],
  ["'", ['&apos;', '&#039;']],
]);

const PUNCTUATION = /[ !-/:-@[-`{-~]/;
const LINE_BREAKS = ['\n', '\r\n', '\\n', '\\r\\n'];
/** What tools put between the bytes of a hex dump. */
const HEX_SEPARATORS = [' ', ':', '-', '\\x', ', 0x', ...LINE_BREAKS, '\n ', '\\n '];

/**
 * A character as plain text and as JSON, URLs, HTML, shells and most programming languages escape it;
 * a secret may be written in any mixture of them.
 */
export function characterSpelling(character: string): Spelling {
  const builder = new SpellingBuilder().add(exactly(character));
  if (character === ' ') builder.add(exactly('+'));
  if (character === '\n') builder.add(exactly('\r\n'));
  if (character === "'") builder.add(exactly("'\\''")).add(exactly(`'"'"'`));
  addBackslashed(builder, character);
  addCodes(builder, character);
  addPercent(builder, character);
  addEntities(builder, character);
  return builder.build();
}

/** Any of some characters of base64, in both alphabets; `inside`: a line may break before it. */
export function base64Spelling(characters: string, inside: boolean): Spelling {
  const builder = new SpellingBuilder();
  const variants = [...characters].flatMap(base64Variants);
  for (const before of inside ? ['', ...LINE_BREAKS] : ['']) {
    for (const variant of variants) builder.add(exactly(before), variant);
  }
  return builder.build();
}

/** A byte in two hex digits; `inside`: a separator may stand before them. */
export function hexSpelling(byte: number, inside: boolean): Spelling {
  const builder = new SpellingBuilder();
  for (const before of inside ? ['', ...HEX_SEPARATORS] : ['']) {
    builder.add(exactly(before), hexDigits(byte, 2));
  }
  return builder.build();
}

function addBackslashed(builder: SpellingBuilder, character: string): void {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) {
    for (const sign of escapeSigns()) builder.add(exactly(sign + short));
  }
  if (character === '\n') {
    for (const sign of escapeSigns()) builder.add(exactly(`${sign}r${sign}n`));
  }
  if (!PUNCTUATION.test(character)) return;
  for (let count = 1; count <= MAX_BACKSLASHES; count++) {
    builder.add(exactly('\\'.repeat(count) + character));
  }
}

/** `\u00e9`, `\xe9`, `\u{e9}`. */
function addCodes(builder: SpellingBuilder, character: string): void {
  const point = character.codePointAt(0) as number;
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  for (const sign of escapeSigns()) {
    builder.add(units.flatMap((unit) => [...exactly(`${sign}u`), ...hexDigits(unit, 4)]));
    if (point < 256) builder.add(exactly(`${sign}x`), hexDigits(point, 2));
  }
  builder.add(exactly('\\u{'), hexDigits(point, 1), exactly('}'));
}

/** Also encoded twice, as an address inside an address is. */
function addPercent(builder: SpellingBuilder, character: string): void {
  const bytes = [...Buffer.from(character)];
  for (const sign of ['%', '%25']) {
    builder.add(bytes.flatMap((byte) => [...exactly(sign), ...hexDigits(byte, 2)]));
  }
}

function addEntities(builder: SpellingBuilder, character: string): void {
  const point = character.codePointAt(0) as number;
  builder.add(exactly(`&#${point};`));
  builder.add(exactly('&#x'), hexDigits(point, 1), exactly(';'));
  for (const entity of ENTITIES.get(character) ?? []) builder.add(exactly(entity));
}

function base64Variants(character: string): Units[][] {
  const other = new Map([
    ['+', '-'],
    ['/', '_'],
  ]).get(character);
  if (other === undefined && character !== '=') return [exactly(character)];
  const code = character.charCodeAt(0);
  const escaped = [
    [...exactly('%'), ...hexDigits(code, 2)],
    [...exactly('\\u'), ...hexDigits(code, 4)],
    exactly(`\\${character}`),
  ];
  return [exactly(character), ...(other === undefined ? [] : [exactly(other)]), ...escaped];
}

function escapeSigns(): string[] {
  return Array.from({ length: MAX_ESCAPE_BACKSLASHES }, (_, count) => '\\'.repeat(count + 1));
}

import type { Random } from './random.ts';

const MAX_LENGTH = 8192;
const ODD_CHARACTERS = '\0\t\r\n\ufeff\ud800\udc00\u2028\u{1f600}é"\'`\\{}[]()<>:,-?!&*#|%@.$/ ';

type Mutation = (text: string, random: Random, context: MutationContext) => string;

export interface MutationContext {
  /** Other inputs, to take parts from. */
  corpus: readonly [string, ...string[]];
  /** Words that mean something to the target. */
  words: readonly [string, ...string[]];
}

/** A text like the given one, but for one to eight changes, mostly few. */
export function mutate(text: string, random: Random, context: MutationContext): string {
  let mutated = text;
  for (let changes = 1 + random.below(1 + random.below(8)); changes > 0; changes--) {
    mutated = random.pick(MUTATIONS)(mutated, random, context).slice(0, MAX_LENGTH);
  }
  return mutated;
}

const MUTATIONS: [Mutation, ...Mutation[]] = [
  removePart,
  repeatPart,
  nestPart,
  insertWord,
  insertWord,
  replaceWord,
  replaceWord,
  insertOddCharacter,
  changeNumber,
  splice,
  swapLines,
  moveLine,
];

function removePart(text: string, random: Random): string {
  const [start, end] = partOf(text, random);
  return text.slice(0, start) + text.slice(end);
}

function repeatPart(text: string, random: Random): string {
  const [start, end] = partOf(text, random);
  const times = 1 + (random.below(8) === 0 ? random.below(400) : random.below(3));
  return text.slice(0, end) + text.slice(start, end).repeat(times) + text.slice(end);
}

/** Puts what opens and closes around a part, once or many times. */
function nestPart(text: string, random: Random): string {
  const [start, end] = partOf(text, random);
  const [open, close] = random.pick<[string, string]>([
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
    ['{{', '}}'],
    ['"', '"'],
    ["'''", "'''"],
    ['{a: ', '}'],
    ['default(', ', 1)'],
    ['[1].map(x, ', ')'],
    ['!', ''],
    ['-', ''],
  ]);
  const times = random.below(6) === 0 ? random.below(300) : 1;
  return (
    text.slice(0, start) +
    open.repeat(times) +
    text.slice(start, end) +
    close.repeat(times) +
    text.slice(end)
  );
}

function insertWord(text: string, random: Random, { words }: MutationContext): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + random.pick(words) + text.slice(at);
}

function replaceWord(text: string, random: Random, { words }: MutationContext): string {
  const found = Array.from(text.matchAll(/\w+/g));
  const match = found[random.below(found.length)];
  if (match === undefined) return text;
  return (
    text.slice(0, match.index) + random.pick(words) + text.slice(match.index + match[0].length)
  );
}

function insertOddCharacter(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return (
    text.slice(0, at) + ODD_CHARACTERS.charAt(random.below(ODD_CHARACTERS.length)) + text.slice(at)
  );
}

function changeNumber(text: string, random: Random): string {
  const number = random.pick([
    '0',
    '-1',
    '1e309',
    '9007199254740993',
    '0x7f',
    '1.5',
    '99999999999999999999',
    '.5',
    '00',
  ]);
  const found = Array.from(text.matchAll(/\d+/g));
  const match = found[random.below(found.length)];
  if (match === undefined) return text;
  return text.slice(0, match.index) + number + text.slice(match.index + match[0].length);
}

/** The beginning of this text and the end of another. */
function splice(text: string, random: Random, { corpus }: MutationContext): string {
  const other = random.pick(corpus);
  return text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1));
}

function swapLines(text: string, random: Random): string {
  const lines = text.split('\n');
  const [one, two] = [random.below(lines.length), random.below(lines.length)];
  [lines[one], lines[two]] = [lines[two] ?? '', lines[one] ?? ''];
  return lines.join('\n');
}

/** Indents a line otherwise. */
function moveLine(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  lines[at] = ' '.repeat(random.below(9)) + (lines[at] ?? '').trimStart();
  return lines.join('\n');
}

function partOf(text: string, random: Random): [number, number] {
  const start = random.below(text.length + 1);
  const length = random.below(4) === 0 ? text.length : 12;
  return [start, Math.min(text.length, start + 1 + random.below(length))];
}

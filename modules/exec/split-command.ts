import { OrkError } from '../../sdk/typescript/index.ts';

/**
 * Cuts a command line into words as a POSIX shell does: blanks separate, quotes and backslashes
 * protect. Nothing else has a meaning: no variables, no wildcards, no operators.
 */
export function splitCommand(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const part = readPart(text, index);
    word = (word ?? '') + part.text;
    index = part.last;
  }
  return word === undefined ? words : [...words, word];
}

/** One character, or one quoted stretch, and where it ends. */
function readPart(text: string, start: number): { text: string; last: number } {
  const char = text[start] ?? '';
  if (char === "'") return readSingleQuoted(text, start);
  if (char === '"') return readDoubleQuoted(text, start);
  if (char !== '\\') return { text: char, last: start };
  const next = text[start + 1];
  if (next === undefined) throw unfinished('a backslash has nothing behind it');
  return { text: next === '\n' ? '' : next, last: start + 1 };
}

function readSingleQuoted(text: string, start: number): { text: string; last: number } {
  const end = text.indexOf("'", start + 1);
  if (end < 0) throw unfinished('a single quote is not closed');
  return { text: text.slice(start + 1, end), last: end };
}

function readDoubleQuoted(text: string, start: number): { text: string; last: number } {
  let content = '';
  for (let index = start + 1; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (char === '"') return { text: content, last: index };
    const next = text[index + 1];
    if (char === '\\' && next !== undefined && '$`"\\\n'.includes(next)) {
      if (next !== '\n') content += next;
      index += 1;
    } else {
      content += char;
    }
  }
  throw unfinished('a double quote is not closed');
}

function unfinished(what: string): OrkError {
  return new OrkError('invalid-argument', `The command cannot be split: ${what}.`, {
    reason: 'exec.unfinished-quote',
    hint: 'Give the command as a list, one item per argument.',
  });
}

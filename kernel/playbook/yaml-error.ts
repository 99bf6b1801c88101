import { CST, type YAMLError } from 'yaml';
import { RAW_TAG } from './yaml-value.ts';

/** What YAML itself finds wrong, in words for people who know it from examples. */
export interface YamlMistake {
  offset: number;
  length: number;
  text: string;
  hint?: string;
}

const QUOTE_IT = 'put text with special characters in quotes';

/**
 * The mistakes behind what the library reports. One mistake often gives several errors: what comes after a
 * bracket or quote that is not closed, and the second error of a line, say nothing more.
 */
export function yamlMistakes(
  errors: readonly YAMLError[],
  tokens: readonly CST.Token[],
  lineOf: (offset: number) => number,
): YamlMistake[] {
  const unclosed = errors.length === 0 ? undefined : findUnclosed(tokens);
  const mistakes = errors.map(
    ({ code, message, pos: [start, end] }): YamlMistake => ({
      offset: start,
      length: end - start,
      ...explain(code, message.replace(/:$/, '')),
    }),
  );
  const kept = mistakes.filter(
    ({ offset }, index) =>
      mistakes.findIndex((other) => lineOf(other.offset) === lineOf(offset)) === index &&
      (unclosed === undefined || offset < unclosed.offset),
  );
  return unclosed === undefined ? kept : [...kept, unclosed];
}

function explain(code: YAMLError['code'], text: string): { text: string; hint?: string } {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { text: 'a tab cannot indent YAML', hint: 'use spaces' };
    case 'TAG_RESOLVE_FAILED':
      return { text, hint: `the only tag of playbooks is ${RAW_TAG}, before text` };
    case 'NON_STRING_KEY':
      return { text: 'a key must be plain text' };
    case 'BAD_INDENT':
      return { text: 'this line is not indented like those that it belongs to' };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        text: 'this does not fit what stands before it',
        hint: "put text with ': ' in it in quotes, and indent alike what belongs together",
      };
    case 'BLOCK_IN_FLOW':
      return {
        text: 'inside { } and [ ] this is no entry',
        hint: 'put a comma between entries',
      };
    case 'MULTILINE_IMPLICIT_KEY':
      return { text: 'this is no key with a value', hint: "write 'key: value', with the space" };
    case 'BAD_DQ_ESCAPE':
      return {
        text,
        hint: 'in double quotes a backslash is written \\\\; in single quotes it is one',
      };
    case 'BAD_SCALAR_START':
    case 'UNEXPECTED_TOKEN':
      return { text, hint: QUOTE_IT };
    default:
      return { text };
  }
}

/** The innermost bracket or quote that is opened and never closed. */
function findUnclosed(tokens: readonly CST.Token[]): YamlMistake | undefined {
  let found: YamlMistake | undefined;
  const look = (token: CST.Token | null | undefined): void => {
    const closing = missingEnd(token);
    if (token === null || token === undefined || closing === undefined) return;
    const [opening] = CST.stringify(token).trimStart();
    const text = `'${opening}' has no matching '${closing}'`;
    found = { offset: offsetOf(token), length: 1, text };
  };
  for (const token of tokens) {
    if (token.type !== 'document') continue;
    CST.visit(token, ({ key, value }) => {
      look(key);
      look(value);
    });
  }
  return found;
}

function offsetOf(token: CST.Token): number {
  return token.type === 'flow-collection' ? token.start.offset : token.offset;
}

/** What a token that opens something has to end with, if it does not. */
function missingEnd(token: CST.Token | null | undefined): string | undefined {
  switch (token?.type) {
    case 'flow-collection': {
      const [end, closing] =
        token.start.type === 'flow-map-start' ? ['flow-map-end', '}'] : ['flow-seq-end', ']'];
      return token.end.some(({ type }) => type === end) ? undefined : closing;
    }
    case 'double-quoted-scalar':
      return isQuoted(token.source, '"') ? undefined : '"';
    case 'single-quoted-scalar':
      return isQuoted(token.source, "'") ? undefined : "'";
    default:
      return undefined;
  }
}

function isQuoted(source: string, quote: string): boolean {
  return source.length > 1 && source.endsWith(quote);
}

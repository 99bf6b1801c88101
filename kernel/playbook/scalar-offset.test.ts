import { describe, expect, it } from 'vitest';
import { loadPlaybook } from './load.ts';

/** The source text that starts where `needle` stands in the value of `a`. */
function sourceAt(yaml: string, needle: string): string {
  const { loaded } = loadPlaybook(yaml, 'p.yaml');
  const value = loaded?.value['a'] as string;
  const { line = 1, column = 1 } =
    loaded?.map.positionInString(['a'], value.indexOf(needle), needle.length) ?? {};
  return yaml.split('\n')[line - 1]?.slice(column - 1, column - 1 + needle.length) ?? '';
}

describe('a position inside a string is found', () => {
  it.each([
    ['plain text', 'a: x {{ y }}\n'],
    ['single quotes', "a: 'it''s {{ y }}'\n"],
    ['double quotes', 'a: "\\t\\x41\\u0041\\U0001F600 {{ y }}"\n'],
    ['a literal block', 'a: |\n    one\n      two\n\n    {{ y }}\n'],
    ['a folded block', 'a: >-\n  one\n  two\n\n  three {{ y }}\n'],
    ['plain text over lines', 'a: one\n   two\n   {{ y }}\n'],
    ['quoted text over lines', 'a: "one\n   two \\\n   three {{ y }}"\n'],
    ['Windows line ends', 'a: |\r\n  one\r\n  {{ y }}\r\n'],
  ])('in %s', (_, yaml) => {
    expect(sourceAt(yaml, '{{ y }}')).toBe('{{ y }}');
  });
});

describe('every place of a long text is found, in whatever order they are asked for', () => {
  const words = Array.from({ length: 300 }, (_, index) => `w${index + 100}`);
  it.each([
    ['plain text', `a: ${words.join(' ')}\n`],
    ['double quotes', `a: "${words.map((word) => `\\u0041${word}`).join(' ')}"\n`],
    ['plain text over lines', `a: ${words.join('\n   ')}\n`],
    ['a literal block', `a: |\n  ${words.join('\n  ')}\n`],
    ['a folded block', `a: >\n  ${words.join('\n  ')}\n`],
  ])('in %s', (_, yaml) => {
    const { loaded } = loadPlaybook(yaml, 'p.yaml');
    const value = loaded?.value['a'] as string;
    const lines = yaml.split('\n');
    const found = [...words.keys()].map((index) => {
      const word = words[(index * 707) % words.length] ?? '';
      const at = value.indexOf(word);
      const { line = 1, column = 1 } = loaded?.map.positionInString(['a'], at, word.length) ?? {};
      return lines[line - 1]?.slice(column - 1, column - 1 + word.length) === word;
    });
    expect(found).not.toContain(false);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitCommand } from './split-command.ts';

it.each([
  ['a b  c', ['a', 'b', 'c']],
  [' a\tb\n', ['a', 'b']],
  ['', []],
  ["a 'b c' d", ['a', 'b c', 'd']],
  ['a "b c"d', ['a', 'b cd']],
  ["''", ['']],
  ['"" x', ['', 'x']],
  ['a\\ b', ['a b']],
  ['"a\\"b\\n\\$"', ['a"b\\n$']],
  ["'a\\b'", ['a\\b']],
  ['a\\\nb', ['ab']],
  ['echo $HOME; ls | wc > x', ['echo', '$HOME;', 'ls', '|', 'wc', '>', 'x']],
])('%j', (text, words) => {
  expect(splitCommand(text)).toEqual(words);
});

it.each(["a 'b", 'a "b', 'a\\', '"a\\'])('refuses %j', (text) => {
  expect(() => splitCommand(text)).toThrow('cannot be split');
});

it('gets back any words that were quoted', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
      expect(splitCommand(quoted)).toEqual(words);
    }),
  );
});

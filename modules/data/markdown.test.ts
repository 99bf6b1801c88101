import { expect, it } from 'vitest';
import { markdownRow, markdownRule } from './markdown.ts';

it('keeps every cell in its column', () => {
  expect(markdownRow(['a|b', 'one\r\ntwo\nthree', 'c\\|d'])).toBe(
    '| a\\|b | one<br>two<br>three | c\\\\\\|d |',
  );
  expect(markdownRule(2)).toBe('| --- | --- |');
});

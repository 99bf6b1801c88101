import { expect, it } from 'vitest';
import { loadPlaybook } from './load.ts';

/** What is wrong with a text, as `line:column message (hint)`. */
function mistakes(text: string): string[] {
  return loadPlaybook(text, 'p.yaml').problems.map(({ position, message, hint }) => {
    const place = `${position?.line}:${position?.column}`;
    return hint === undefined ? `${place} ${message}` : `${place} ${message} (${hint})`;
  });
}

it.each([
  ['a list', 'a: [1, 2\nb: 1\n', "1:4 '[' has no matching ']'"],
  ['a map', 'a: { x: 1\nb: 1\n', "1:4 '{' has no matching '}'"],
  ['the inner one of two', 'a: { x: [1, 2 }\nb: 1\n', "1:9 '[' has no matching ']'"],
  ['one in a key', '[a: 1\n', "1:1 '[' has no matching ']'"],
  ['double quotes', 'a: 1\nb: "x\nc: 1\n', `2:4 '"' has no matching '"'`],
  ['single quotes', "a: 'x\nb: 1\n", "1:4 ''' has no matching '''"],
])('what is not closed is shown where it is opened: %s', (_, text, expected) => {
  expect(mistakes(text)).toEqual([expected]);
});

it('what stands before the unclosed bracket is reported, too', () => {
  expect(mistakes('a: @x\nb: [1\n')).toEqual([
    expect.stringMatching(/^1:4 .*reserved character @/),
    "2:4 '[' has no matching ']'",
  ]);
});

it('a line has one mistake, however many errors it causes', () => {
  expect(mistakes('a:\n  - b\n - c\n')).toEqual([
    expect.stringMatching(/^3:1 this does not fit what stands before it \(/),
  ]);
});

it.each([
  ['text after a quote', "a: 'it's'\n", '1:8', 'put text with special characters in quotes'],
  ['a colon without a space', 'a:1\nb: 2\n', '1:1', "write 'key: value', with the space"],
  ['a colon in text', 'a: b: c\n', '1:4', "put text with ': ' in it in quotes"],
  ['a missing comma', 'a: {b: 1 c: 2}\n', '1:8', 'put a comma between entries'],
  ['a backslash', 'a: "\\d"\n', '1:5', 'in double quotes a backslash is written \\\\'],
  ['a star', 'a: *.txt\n', '1:4', 'put text that starts with * in quotes'],
])('%s has a hint', (_, text, place, hint) => {
  const [first = '', ...rest] = mistakes(text);
  expect(rest).toEqual([]);
  expect(first).toMatch(new RegExp(`^${place} `));
  expect(first).toContain(`(${hint}`);
});

it('a line that is indented in a way of its own is named', () => {
  expect(mistakes('a:\n   b: 1\n  c: 2\n')).toEqual([
    '3:1 this line is not indented like those that it belongs to',
  ]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../types/json.ts';
import { disguiseNames } from './boolean-prefix.ts';
import { compileExpression } from './cel.ts';
import type { Host } from './scope.ts';

const HOST: Host = {
  env: () => undefined,
  secret: () => undefined,
  now: () => new Date(0),
  uuid: () => '',
};

function evaluate(source: string, names: JsonObject): Json {
  return compileExpression(source).evaluate(names, HOST);
}

describe('a name that begins with a boolean literal', () => {
  it.each<[source: string, names: JsonObject, expected: Json]>([
    ['false_positives + 1', { false_positives: 2 }, 3],
    ['.trueish', { trueish: 'x' }, 'x'],
    ['a.true_x + a.falsey', { a: { true_x: 1, falsey: 2 } }, 3],
    ['true1 ? true : false', { true1: false }, false],
    ['[1, 2].map(true_n, true_n * 2)', {}, [2, 4]],
    ['default(true_x, 7)', {}, 7],
    ['trueish + Trueish', { trueish: 1, Trueish: 10 }, 11],
    ["\"true_x\" + true_x + 'it\\'s true_x'", { true_x: '-' }, "true_x-it's true_x"],
    ["{'true_x': falsey}", { falsey: 1 }, { true_x: 1 }],
    ['untrue + not_true_x', { untrue: 1, not_true_x: 2 }, 3],
    ['true_x // true_x, or "not', { true_x: 1 }, 1],
    ["true_x // it's true_x", { true_x: 1 }, 1],
  ])('is a name like others in %s', (source, names, expected) => {
    expect(evaluate(source, names)).toEqual(expected);
  });

  it('is found where it stands', () => {
    const { references, calls } = compileExpression('1 + a.true_x + truly(false_y)').analysis;
    expect(references).toEqual([
      { path: ['a', 'true_x'], offsets: [4, 6], presence: 'required' },
      { path: ['false_y'], offsets: [21], presence: 'required' },
    ]);
    expect(calls).toMatchObject([{ name: 'truly', offset: 15 }]);
  });

  it('stands as it was written in what is said of mistakes', () => {
    expect(() => compileExpression('true_x +* 1')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('`true_x +* 1`') }),
    );
    expect(() => evaluate('true_x + 1', {})).toThrow(/'true_x'/);
    expect(() => compileExpression('true_x + "open')).toThrow(/string/);
    expect(() => evaluate('a.true_x{false_y: 1}', {})).toThrow(/a\.true_x/);
    expect(() => evaluate('google.protobuf.Struct{true_x: 1}', {})).toThrow(/true_x/);
  });
});

it('texts and comments stay what they are', () => {
  const part = fc.constantFrom('"', "'", '\\', 'true', 'x', ' ', 'false_y', '\n', '\u2028', '//');
  const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (words) => {
      const literal = JSON.stringify(words);
      const comment = `// ${words.replaceAll('\n', ' ')}\n`;
      expect(disguiseNames(comment + literal).text).toBe(comment + literal);
      expect(evaluate(`${comment}true_x + ${literal}`, { true_x: '' })).toBe(words);
    }),
  );
});

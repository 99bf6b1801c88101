import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from './cel.ts';
import { planExpression } from './environment.ts';
import { ExpressionError } from './errors.ts';
import { parseExpression } from './parse.ts';
import { plainPath } from './plain-path.ts';
import { isSurelyPlannable } from './plannable.ts';
import { inspectExpression } from './template.ts';

const WORDS = [
  ...['a', '.b', 'x', '1', '1u', '2.5', "'s'", "b'y'", 'true', 'null', '[', ']', '[0]', "['k']"],
  ...[
    '{',
    '}',
    "{'k': ",
    ', ',
    '(',
    ')',
    'has(',
    'default(',
    'upper ',
    'size(',
    'env(',
    '.map(x, ',
  ],
  ...['.all(x, ', '.filter(', ' ? ', ' : ', ' + ', ' && ', ' in ', '!', '-', ' == ', '.?', '[?'],
  ...['google.protobuf.Value{', 'string_value: ', 'Foo{', '\n', ' // c'],
];
const source = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 9 })
  .map((words) => words.join(''));

describe('an expression that is surely plannable', () => {
  it.each([
    ['.limit + 1', true],
    ['upper(a.b) in [1, {"k": 2u}] ? has(c.d) : default(e, b"f")', true],
    ['a.map(x, x.filter(y, y > 0))', true],
    ['google.protobuf.Value{string_value: "a"}', false],
    [`a${' + 1'.repeat(200)}`, false],
  ])('%s: %s', (text, expected) => {
    expect(isSurelyPlannable(parseExpression(text).root)).toBe(expected);
  });

  it('can be planned', () => {
    fc.assert(
      fc.property(source, (text) => {
        const root = attempt(() => parseExpression(text).root);
        if (root instanceof ExpressionError || !isSurelyPlannable(root)) return;
        expect(() => planExpression(root)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('looking at an expression finds the same as compiling it', () => {
  const check = async (text: string): Promise<void> => {
    // That is neither parsed nor planned.
    if (plainPath(text) !== undefined) return;
    const { references, calls, errors } = await inspectExpression(text);
    const compiled = attempt(() => compileExpression(text).analysis);
    if (compiled instanceof ExpressionError) {
      expect(errors.map(describeError)).toEqual([describeError(compiled.within(text, 0))]);
    } else {
      expect({ references, calls }).toEqual({
        references: compiled.references,
        calls: compiled.calls,
      });
      expect(errors).toEqual([]);
    }
  };

  it('for expressions and for what is none', async () => {
    await fc.assert(fc.asyncProperty(source, check), { numRuns: 2000 });
  });

  it.each([[20], [500], [5000]])('for %i terms in a row', async (terms) => {
    await check(`a${' + 1'.repeat(terms)}`);
    await check(`a${'.b'.repeat(terms)}`);
    await check(`${'!'.repeat(terms)}a`);
    await check(`${'a ? b : '.repeat(terms / 4)}c`);
  });
});

function attempt<T>(compile: () => T): T | ExpressionError {
  try {
    return compile();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}

function describeError({ message, reason, offset, length, hint }: ExpressionError) {
  return { message, reason, offset, length, hint };
}

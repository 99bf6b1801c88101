import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pack, packedExpression } from './packed-text.ts';

const evaluate = (expression: string): unknown => new Function(`return ${expression}`)();

it('gives any text back', () => {
  const word = fc.constantFrom('function', ' ', '"', '\\', '\n', 'é', '😀', 'return x', '{', 'a');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 200 }), (words) => {
      const text = words.join('');
      expect(evaluate(packedExpression(text))).toBe(text);
    }),
  );
  expect(evaluate(packedExpression(''))).toBe('');
});

it('makes code shorter', () => {
  const code = Array.from({ length: 200 }, (_, n) => `export function get${n}() { return ${n}; }`);
  expect(pack(code.join('\n')).length).toBeLessThan(code.join('\n').length / 2);
});

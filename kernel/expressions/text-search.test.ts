import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexOfText, splitText } from './text-search.ts';

/** Texts of few letters, so that long needles occur, overlap and nearly match. */
const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 400 });
const needle = fc.oneof(
  text,
  fc.integer({ min: 60, max: 80 }).map((length) => 'a'.repeat(length)),
  fc.integer({ min: 60, max: 80 }).map((length) => `b${'a'.repeat(length)}`),
);
const mixed = fc.tuple(fc.array(fc.oneof(needle, text), { maxLength: 6 }), needle);

describe('searching text', () => {
  it('finds what String.indexOf finds', () => {
    fc.assert(
      fc.property(mixed, ([parts, wanted]) => {
        const whole = parts.join('');
        expect(indexOfText(whole, wanted)).toBe(whole.indexOf(wanted));
      }),
    );
  });

  it('splits where String.split splits', () => {
    fc.assert(
      fc.property(mixed, ([parts, separator]) => {
        const whole = parts.join(separator);
        expect(splitText(whole, separator)).toEqual(whole.split(separator));
      }),
    );
  });
});

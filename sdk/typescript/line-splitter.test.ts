import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function split(chunks: readonly Uint8Array[]): string[] {
  const splitter = new LineSplitter('fail');
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

describe('LineSplitter', () => {
  it('finds the same lines however the bytes are cut', () => {
    const text = fc.array(fc.constantFrom('a', '€', '😀', '\n', '\r'), { maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (units, size) => {
        const whole = units.join('');
        const bytes = new TextEncoder().encode(whole);
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        const expected = whole.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(split(chunks)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('does not hold on to the buffers it is given', () => {
    const splitter = new LineSplitter('fail');
    const buffer = new TextEncoder().encode('ab');
    splitter.push(buffer);
    buffer.fill(0);
    expect(splitter.end()).toEqual(['ab']);
  });

  it('cuts or refuses a line that no record can hold', () => {
    const long = new Uint8Array(1024 * 1024).fill(97);
    expect(new LineSplitter('split').push(long)[0]).toHaveLength(long.length);
    expect(() => new LineSplitter('fail').push(long)).toThrow('A line is longer');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedBytes } from './byte-reader.ts';
import { readImports } from './component-imports.ts';
import { appendCustomSection, readCustomSection, readSections } from './custom-section.ts';

const EMPTY = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);

function withSections(...bytes: number[]): Uint8Array {
  return Uint8Array.of(...EMPTY, ...bytes);
}

describe('custom sections', () => {
  it('come back as they were appended, whatever the length', () => {
    for (const length of [0, 1, 127, 128, 20_000]) {
      const payload = new Uint8Array(length).fill(7);
      const one = appendCustomSection(EMPTY, 'ork:manifest', payload);
      const two = appendCustomSection(one, 'other', Uint8Array.of(1));
      expect(readCustomSection(two, 'ork:manifest')).toEqual(payload);
      expect(readCustomSection(two, 'other')).toEqual(Uint8Array.of(1));
    }
    expect(readCustomSection(EMPTY, 'ork:manifest')).toBeUndefined();
  });

  it('are unique: a second one could be the one that another reader takes', () => {
    const one = appendCustomSection(EMPTY, 'a', Uint8Array.of(1));
    expect(() => appendCustomSection(one, 'a', Uint8Array.of(2))).toThrow('already');
    const section = [0, 3, 1, 0x61, 9];
    expect(() => readCustomSection(withSections(...section, ...section), 'a')).toThrow(
      'more than one',
    );
  });

  it('are looked for at the top level only', () => {
    const inner = appendCustomSection(EMPTY, 'a', Uint8Array.of(1));
    const outer = withSections(4, inner.length, ...inner);
    expect(readSections(outer).map(({ id }) => id)).toEqual([4]);
    expect(readCustomSection(outer, 'a')).toBeUndefined();
  });

  it.each([
    ['a core module', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
    ['nothing', new Uint8Array(0)],
    ['a section beyond the end', withSections(0, 5, 1)],
    ['a length that never ends', withSections(0, 0x80, 0x80, 0x80, 0x80, 0x80, 1)],
    ['a length beyond 32 bits', withSections(0, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['a name beyond its section', withSections(0, 2, 9, 0x61)],
    ['a name that is not UTF-8', withSections(0, 2, 1, 0xff)],
  ])('refuse %s', (_, bytes) => {
    expect(() => readCustomSection(bytes, 'a')).toThrow(MalformedBytes);
  });

  it('never fail otherwise, for any bytes', () => {
    const sections = fc.array(
      fc.tuple(fc.constantFrom(0, 4, 10, 11), fc.uint8Array({ maxLength: 30 })),
    );
    const shaped = sections.map((list) =>
      withSections(...list.flatMap(([id, body]) => [id, body.length, ...body])),
    );
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => withSections(...bytes));
    fc.assert(
      fc.property(fc.oneof(shaped, any), (bytes) => {
        for (const read of [readImports, (b: Uint8Array) => readCustomSection(b, 'a')]) {
          try {
            read(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedBytes);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

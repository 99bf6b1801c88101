import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvLine } from './csv.ts';

it('quotes only what needs it', () => {
  expect(csvLine(['a', 'b c', ''])).toBe('a,b c,');
  expect(csvLine(['a,b', 'say "hi"', 'two\nlines', '\r'])).toBe(
    '"a,b","say ""hi""","two\nlines","\r"',
  );
  expect(csvLine(['a,b', 'c;d'], ';')).toBe('a,b;"c;d"');
});

it('tells an empty cell from an empty line', () => {
  expect(csvLine([''])).toBe('""');
  expect(csvLine(['', ''])).toBe(',');
});

it('can be read back', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', ';') });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
      expect(readCsvLine(csvLine(cells))).toEqual(cells);
    }),
    { numRuns: 500 },
  );
});

/** A reader by the grammar of RFC 4180, for one line. */
function readCsvLine(line: string): string[] {
  const cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|$)/gy;
  for (;;) {
    const match = pattern.exec(line);
    if (match === null) throw new Error(`malformed at ${pattern.lastIndex}`);
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return cells;
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.ts';
import { CsvReader } from './csv-reader.ts';

function rows(text: string, delimiter = ','): string[][] {
  const reader = new CsvReader(delimiter);
  const found = text.split('\n').map((line) => reader.push(line));
  reader.end();
  return found.filter((row) => row !== undefined);
}

describe('CsvReader', () => {
  it.each([
    ['a,b', [['a', 'b']]],
    [
      'a,b\r\n\r\n,\n',
      [
        ['a', 'b'],
        ['', ''],
      ],
    ],
    ['"a ""b"", c",d', [['a "b", c', 'd']]],
    ['"two\nlines",x\n""', [['two\nlines', 'x'], ['']]],
    ['"two\r\nlines"\r', [['two\r\nlines']]],
    ['5" pipe,x "y"', [['5" pipe', 'x "y"']]],
    [' a , b ', [[' a ', ' b ']]],
  ])('reads %j', (text, expected) => {
    expect(rows(text)).toEqual(expected);
  });

  it('takes another delimiter', () => {
    expect(rows('a;"b;c";,', ';')).toEqual([['a', 'b;c', ',']]);
  });

  it('goes on after a bad row', () => {
    const reader = new CsvReader(',');
    expect(() => reader.push('a,"b"c,d')).toThrow("there is 'c,d'");
    expect(reader.push('e')).toEqual(['e']);
    expect(reader.push('"f')).toBeUndefined();
    expect(() => reader.end()).toThrow('no closing quote');
    expect(reader.push('g')).toEqual(['g']);
  });

  it('gives up on a cell that does not end', () => {
    const reader = new CsvReader(',');
    const line = 'x'.repeat(1024 * 1024 - 1);
    expect(reader.push(`"${line}`)).toBeUndefined();
    expect(() => reader.push('y')).toThrow('longer than');
  });

  it('reads back whatever is written', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', ';') });
    const row = fc.array(cell, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (table) => {
        expect(rows(table.map((cells) => csvLine(cells)).join('\r\n'))).toEqual(table);
      }),
      { numRuns: 500 },
    );
  });
});

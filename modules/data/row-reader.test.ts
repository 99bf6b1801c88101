import { describe, expect, it } from 'vitest';
import { createRowReader, type RowOptions } from './row-reader.ts';

function read(options: RowOptions, ...lines: string[]) {
  const reader = createRowReader(options);
  return lines.flatMap((line) => reader.push(line));
}

describe('tables', () => {
  it('name their columns by the first row, by `columns`, or by number', () => {
    expect(read({ format: 'csv' }, 'a,b', '1,2')).toEqual([{ a: '1', b: '2' }]);
    expect(read({ format: 'csv', columns: ['x', 'y'] }, 'a,b', '1,2')).toEqual([
      { x: '1', y: '2' },
    ]);
    expect(read({ format: 'csv', header: false, columns: ['x'] }, '1')).toEqual([{ x: '1' }]);
    expect(read({ format: 'csv', header: false }, '1,2')).toEqual([
      { column_1: '1', column_2: '2' },
    ]);
  });

  it('refuse rows of another length, and go on', () => {
    const reader = createRowReader({ format: 'tsv' });
    reader.push('a\tb');
    expect(() => reader.push('1')).toThrow('1 cells, not 2');
    expect(reader.push('"1"\t2\r')).toEqual([{ a: '"1"', b: '2' }]);
    expect(reader.push('\r')).toEqual([]);
  });

  it('refuse a heading that is not CSV, so that no row is taken for it', () => {
    const badHeading = expect.objectContaining({ reason: 'data.bad-header' });
    expect(() => read({ format: 'csv' }, 'id,"na"me')).toThrow(badHeading);
    const open = createRowReader({ format: 'csv' });
    open.push('id,"name');
    expect(() => open.end()).toThrow(badHeading);
  });

  it('refuse a heading that names a column twice or not at all', () => {
    expect(() => read({ format: 'csv' }, 'a,a')).toThrow("'a' twice");
    expect(() => read({ format: 'csv' }, 'a,')).toThrow('without a name');
  });

  it('have columns of any name', () => {
    const [row] = read({ format: 'csv' }, '__proto__', 'x');
    expect(Object.keys(row as object)).toEqual(['__proto__']);
  });
});

describe('regex', () => {
  const pattern = '^(?<user>\\w+)(?: (?<port>\\d+))?$';

  it('makes fields of named groups', () => {
    expect(read({ format: 'regex', pattern }, 'ann 22\r', 'bob')).toEqual([
      { user: 'ann', port: '22' },
      { user: 'bob', port: null },
    ]);
    expect(read({ format: 'regex', pattern: '(?<a>x)', flags: 'i' }, 'X')).toEqual([{ a: 'X' }]);
  });

  it('refuses what does not match, and lines too long to try', () => {
    expect(() => read({ format: 'regex', pattern }, '!')).toThrow('does not match');
    expect(() => read({ format: 'regex', pattern }, 'a'.repeat(16_385))).toThrow('longer than');
  });

  it.each(['(', 'a', '(?<=a)b'])('refuses the pattern %s', (bad) => {
    expect(() => createRowReader({ format: 'regex', pattern: bad })).toThrow('cannot be used');
  });
});

describe('JSON', () => {
  it('nested deeper than the engine can take is a bad record, not the end of the module', () => {
    expect(() => read({ format: 'ndjson' }, '['.repeat(100_000))).toThrow('nested more than 500');
    const flat = JSON.stringify(Array.from({ length: 2000 }, () => ({ text: '[[["' })));
    expect(read({ format: 'ndjson' }, flat)).toHaveLength(1);
  });
});

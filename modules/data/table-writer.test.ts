import { describe, expect, it } from 'vitest';
import { type TableOptions, TableWriter } from './table-writer.ts';

function write(options: Partial<TableOptions>, records: Parameters<TableWriter['add']>[0][]) {
  const table = new TableWriter({ format: 'csv', header: true, delimiter: ',', ...options });
  return [...records.flatMap((record) => table.add(record)), ...table.end()];
}

const records = [
  { name: 'a', size: 1, more: { deep: true } },
  { name: null, size: 2.5, other: 'x' },
];

describe('TableWriter', () => {
  it('takes the columns of the first record', () => {
    expect(write({}, records)).toEqual(['name,size,more', 'a,1,"{""deep"":true}"', ',2.5,']);
  });

  it('takes the columns that are asked for, with paths and titles', () => {
    const columns = ['size', { field: 'more.deep', title: 'Deep?' }];
    expect(write({ columns }, records)).toEqual(['size,Deep?', '1,true', '2.5,']);
    expect(write({ columns, header: false }, records)).toEqual(['1,true', '2.5,']);
    expect(write({ format: 'ndjson', columns }, records)).toEqual([
      '{"size":1,"Deep?":true}',
      '{"size":2.5,"Deep?":null}',
    ]);
  });

  it('writes Markdown under a title', () => {
    const options = { format: 'markdown', columns: ['name'], title: 'Two\nlines' } as const;
    expect(write(options, records)).toEqual([
      '# Two lines',
      '',
      '| name |',
      '| --- |',
      '| a |',
      '|  |',
    ]);
  });

  it('writes the heading even without records', () => {
    expect(write({ columns: ['a', 'b'] }, [])).toEqual(['a,b']);
    expect(write({}, [])).toEqual([]);
    expect(write({ format: 'markdown', title: 'T' }, [])).toEqual(['# T', '']);
  });

  it('leaves JSON records as they are', () => {
    expect(write({ format: 'json' }, records)).toEqual(records.map((one) => JSON.stringify(one)));
  });
});

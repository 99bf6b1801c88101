import { describe, expect, it } from 'vitest';
import { parseDocument, toRecords } from './documents.ts';

describe('parseDocument', () => {
  it('reads lines, without a last empty one, and without carriage returns', () => {
    expect(parseDocument({ format: 'text_lines' }, 'a\r\nb\n\nc')).toEqual(['a', 'b', '', 'c']);
    expect(parseDocument({ format: 'text_lines' }, 'a\n')).toEqual(['a']);
    expect(parseDocument({ format: 'text_lines' }, '')).toEqual([]);
  });

  it('reads JSON and JSON lines, past a byte order mark and empty lines', () => {
    expect(parseDocument({ format: 'json' }, '\ufeff{"a":1}')).toEqual([{ a: 1 }]);
    expect(parseDocument({ format: 'ndjson' }, '{"a":1}\n\n2\r\n')).toEqual([{ a: 1 }, 2]);
  });

  it('says in which line it stumbled', () => {
    expect(() => parseDocument({ format: 'ndjson' }, '1\n\n{')).toThrow('Line 3: Not JSON');
    expect(() => parseDocument({ format: 'json' }, '')).toThrow('Not JSON');
  });
});

describe('toRecords', () => {
  const incoming = { path: 'p', size: 3 };

  it('makes records of objects, lists and scalars', () => {
    expect(toRecords({ a: 1 }, incoming, { format: 'json' })).toEqual([{ a: 1 }]);
    expect(toRecords([{ a: 1 }, 2], incoming, { format: 'json' })).toEqual([{ a: 1 }, { item: 2 }]);
    expect(toRecords([1], incoming, { format: 'ndjson' })).toEqual([{ item: [1] }]);
    expect(toRecords('x', incoming, { format: 'text_lines' })).toEqual([{ line: 'x' }]);
  });

  it('puts the value into the incoming record, or keeps some of its fields', () => {
    expect(toRecords([1], incoming, { format: 'json', into: 'v' })).toEqual([
      { path: 'p', size: 3, v: [1] },
    ]);
    const keep = ['path', 'none'];
    expect(toRecords([1], incoming, { format: 'json', into: 'v', keep })).toEqual([
      { path: 'p', v: [1] },
    ]);
    expect(toRecords({ a: 1 }, incoming, { format: 'json', keep })).toEqual([{ path: 'p', a: 1 }]);
  });
});

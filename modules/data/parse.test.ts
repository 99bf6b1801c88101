import { describe, expect, it } from 'vitest';
import { createFiles } from '../../sdk/typescript/guest/files.ts';
import { serve } from '../../sdk/typescript/guest/serve.ts';
import type { JsonObject } from '../../sdk/typescript/index.ts';
import {
  invocation,
  MemoryFiles,
  MemoryHost,
  MemoryInput,
  MemoryOutput,
} from '../../sdk/typescript/memory-host.ts';
import family from './index.ts';

const DEFAULTS = { on_error: 'fail', header: true, delimiter: ',', flags: '' };

function parse(params: JsonObject, records: JsonObject[] = [], files: Record<string, string> = {}) {
  const main = new MemoryOutput('main');
  const dead = new MemoryOutput('dead_letter');
  const memory = new MemoryFiles(files);
  const run = serve(family, new MemoryHost(), { files: () => createFiles(memory) });
  const call = invocation('data:parse', { ...DEFAULTS, ...params });
  const summary = JSON.parse(run(call, [new MemoryInput('in', [records])], [main, dead]));
  return { summary, records: main.records, dead: dead.records };
}

describe('data:parse', () => {
  it('reads the files that a listing names', () => {
    const { summary, records } = parse(
      { format: 'json', file_field: 'path', into: 'package' },
      [{ path: 'a.json' }],
      { 'a.json': '{"name":"a"}' },
    );
    expect(summary).toEqual({ count: 1, failed: 0 });
    expect(records).toEqual([{ path: 'a.json', package: { name: 'a' } }]);
  });

  it('skips bad records or sets them aside', () => {
    const bad = [{ text: '{' }, { text: 5 }, {}, { text: '[1]' }];
    const skipped = parse({ format: 'json', field: 'text', on_error: 'skip' }, bad);
    expect(skipped).toMatchObject({ summary: { count: 1, failed: 3 }, dead: [] });
    const { dead } = parse({ format: 'json', field: 'text', on_error: 'dead_letter' }, bad);
    expect(dead).toMatchObject([
      { error: { reason: 'data.malformed' }, record: { text: '{' } },
      { error: { reason: 'data.no-text' }, record: { text: 5 } },
      { error: { reason: 'data.no-text' }, record: {} },
    ]);
    expect(() => parse({ format: 'json', field: 'text' }, bad)).toThrow(
      expect.objectContaining({ tag: 'failed' }),
    );
  });

  it('returns a JSON document as a value too', () => {
    const { summary, records } = parse({ format: 'json', text: '{"a":[1]}' });
    expect(summary).toEqual({ count: 1, failed: 0, value: { a: [1] } });
    expect(records).toEqual([{ a: [1] }]);
  });

  it('reads a file of lines piece by piece', () => {
    const files = { 'f.ndjson': '\ufeff{"a":1}\n\noops\n{"a":2}' };
    const result = parse(
      { format: 'ndjson', file: 'f.ndjson', on_error: 'dead_letter' },
      [],
      files,
    );
    expect(result.records).toEqual([{ a: 1 }, { a: 2 }]);
    expect(result.dead).toMatchObject([{ record: { file: 'f.ndjson', number: 3, line: 'oops' } }]);
  });

  it('reads a table row by row, from a text as from a file', () => {
    const text = 'name,note\r\na,"two\nlines"\r\nshort\r\n\r\nb,\r\n';
    const rows = [
      { name: 'a', note: 'two\nlines' },
      { name: 'b', note: '' },
    ];
    for (const source of [{ text }, { file: 'f.csv' }]) {
      const params = { format: 'csv', on_error: 'dead_letter', ...source };
      const result = parse(params, [], { 'f.csv': text });
      expect(result.records).toEqual(rows);
      expect(result.summary).toEqual({ count: 2, failed: 1 });
      expect(result.dead).toMatchObject([{ record: { number: 4, line: 'short\r' } }]);
    }
    expect(
      parse({ format: 'csv', field: 't', keep: ['id'] }, [{ id: 1, t: 'a\n1' }]).records,
    ).toEqual([{ id: 1, a: '1' }]);
  });

  it('ends at a heading that cannot be used, whatever on_error says', () => {
    expect(() => parse({ format: 'csv', text: 'a,a\n1,2', on_error: 'skip' })).toThrow(
      expect.objectContaining({ tag: 'failed' }),
    );
  });

  it('says that a quote was left open', () => {
    const params = { format: 'csv', text: 'a\n"x\ny', on_error: 'dead_letter' };
    expect(parse(params).dead).toMatchObject([
      { error: { message: expect.stringContaining('quote') } },
    ]);
  });

  it('reads YAML, one document or many', () => {
    const one = parse({ format: 'yaml', text: 'a: 1\nb: [x, yes]\n' });
    expect(one.summary).toEqual({ count: 1, failed: 0, value: { a: 1, b: ['x', 'yes'] } });
    const many = parse({ format: 'yaml', file: 'f' }, [], {
      f: '---\nn: 1\n---\n- n: 2\n- n: 3\n',
    });
    expect(many.records).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(many.summary).toMatchObject({ value: [{ n: 1 }, [{ n: 2 }, { n: 3 }]] });
  });

  it('refuses options of another format', () => {
    const stray = [
      { format: 'json', pattern: '(?<a>.)' },
      { format: 'json', flags: 'i' },
      { format: 'ndjson', columns: ['a'] },
      { format: 'ndjson', header: false },
      { format: 'tsv', delimiter: ';' },
      { format: 'regex' },
      { format: 'regex', pattern: '(' },
    ];
    for (const params of stray) {
      expect(() => parse({ text: '', ...params })).toThrow(
        expect.objectContaining({ tag: 'failed' }),
      );
    }
  });

  it('wants exactly one source', () => {
    for (const params of [{}, { text: 'x', file: 'y' }]) {
      expect(() => parse({ format: 'json', ...params })).toThrow(
        expect.objectContaining({ tag: 'failed' }),
      );
    }
  });
});

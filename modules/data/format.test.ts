import { describe, expect, it } from 'vitest';
import { serve } from '../../sdk/typescript/guest/serve.ts';
import type { JsonObject } from '../../sdk/typescript/index.ts';
import {
  invocation,
  MemoryHost,
  MemoryInput,
  MemoryOutput,
} from '../../sdk/typescript/memory-host.ts';
import family from './index.ts';

const DEFAULTS = { header: true, delimiter: ',', stream: false, max_bytes: '1MiB' };

function run(module: string, params: JsonObject, records: JsonObject[]) {
  const main = new MemoryOutput('main');
  const perform = serve(family, new MemoryHost());
  const text = perform(invocation(module, params), [new MemoryInput('in', [records])], [main]);
  return { summary: JSON.parse(text) as JsonObject, records: main.records };
}

function format(params: JsonObject, records: JsonObject[] = [{ a: 1 }, { a: 'é' }]) {
  return run('data:format', { ...DEFAULTS, ...params }, records);
}

describe('data:format', () => {
  it('returns a text', () => {
    expect(format({ format: 'csv' }).summary).toEqual({ text: 'a\n1\né\n', count: 2 });
    expect(format({ format: 'json' }).summary['text']).toBe('[\n{"a":1},\n{"a":"é"}\n]\n');
    expect(format({ format: 'json' }, []).summary['text']).toBe('[]\n');
  });

  it('streams lines', () => {
    const { summary, records } = format({ format: 'csv', stream: true });
    expect(summary).toEqual({ count: 2 });
    expect(records).toEqual([{ line: 'a' }, { line: '1' }, { line: 'é' }]);
  });

  it('refuses a text beyond its limit, and what makes no sense together', () => {
    const failed = expect.objectContaining({ tag: 'failed' });
    expect(() => format({ format: 'csv', max_bytes: 4 })).toThrow(failed);
    expect(() => format({ format: 'csv', title: 'x' })).toThrow(failed);
    expect(() => format({ format: 'json', stream: true })).toThrow(failed);
  });
});

describe('data:collect and data:aggregate', () => {
  it('collect up to a limit', () => {
    const records = [{ a: 1 }, { a: 2 }];
    expect(run('data:collect', { max: 2 }, records).summary).toEqual({ records, count: 2 });
    expect(() => run('data:collect', { max: 1 }, records)).toThrow(
      expect.objectContaining({ tag: 'failed' }),
    );
  });

  it('emit the groups at the end', () => {
    const aggregates = [{ op: 'count', as: 'n' }];
    const params = { group_by_fields: ['a'], aggregates, max_groups: 9 };
    const result = run('data:aggregate', params, [{ a: 2 }, { a: 1 }, { a: 2 }]);
    expect(result.summary).toEqual({ groups: 2, records: 3, failed: 0 });
    expect(result.records).toEqual([
      { a: 1, n: 1 },
      { a: 2, n: 2 },
    ]);
  });
});

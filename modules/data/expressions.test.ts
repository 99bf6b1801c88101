import { describe, expect, it } from 'vitest';
import { compileProgram } from '../../kernel/expressions/program.ts';
import { createExpressions } from '../../sdk/typescript/guest/expressions.ts';
import { serve } from '../../sdk/typescript/guest/serve.ts';
import type { Json, JsonObject } from '../../sdk/typescript/index.ts';
import {
  hostError,
  invocation,
  MemoryHost,
  MemoryInput,
  MemoryOutput,
} from '../../sdk/typescript/memory-host.ts';
import family from './index.ts';

/** The kernel's CEL, as a worker offers it; two inputs keep the host's own pump out of it. */
const expressions = createExpressions({
  Program: {
    compile: (source, variable, bind) => {
      const program = compileProgram(source, variable, JSON.parse(bind) as JsonObject);
      const evaluate = (record: string) => {
        try {
          return JSON.stringify(program.evaluate(JSON.parse(record) as Json));
        } catch (error) {
          throw hostError('invalid-argument', (error as Error).message);
        }
      };
      const pump = () => ({ read: 0, written: 0, dropped: 0, failed: 0 });
      return { evaluate: (records) => records.map(evaluate), pump };
    },
  },
});

function run(module: string, params: JsonObject, records: JsonObject[] = []) {
  const main = new MemoryOutput('main');
  const dead = new MemoryOutput('dead_letter');
  const perform = serve(family, new MemoryHost(), { expressions: () => expressions });
  const inputs = [new MemoryInput('in', [records]), new MemoryInput('other', [[]])];
  const call = invocation(module, { bind: {}, on_error: 'fail', ...params });
  const summary = JSON.parse(perform(call, inputs, [main, dead])) as JsonObject;
  return { summary, records: main.records, dead: dead.records };
}

const RECORDS = [{ n: 1 }, { n: 2 }, {}];

describe('data:filter', () => {
  it('keeps what fulfils the condition', () => {
    const params = { where: 'record.n > bind.least', bind: { least: 1 }, on_error: 'dead_letter' };
    const result = run('data:filter', params, RECORDS);
    expect(result.summary).toEqual({ count: 1, dropped: 1, failed: 1 });
    expect(result.records).toEqual([{ n: 2 }]);
    expect(result.dead).toMatchObject([{ record: {} }]);
  });

  it('filters a list', () => {
    const params = { where: 'record.n > 1', records: RECORDS, on_error: 'skip' };
    expect(run('data:filter', params).summary).toEqual({
      records: [{ n: 2 }],
      count: 1,
      dropped: 1,
      failed: 1,
    });
    expect(() => run('data:filter', { ...params, where: 'record.n', on_error: 'fail' })).toThrow(
      expect.objectContaining({ tag: 'failed' }),
    );
  });
});

describe('data:map', () => {
  it('replaces records by fields', () => {
    const fields = { double: 'record.n * 2', source: ['constant'] };
    const result = run('data:map', { fields, on_error: 'skip' }, RECORDS);
    expect(result.records).toEqual([
      { double: 2, source: ['constant'] },
      { double: 4, source: ['constant'] },
    ]);
    expect(result.summary).toEqual({ count: 2, failed: 1 });
  });

  it('sets and removes fields', () => {
    const result = run('data:map', { set: { m: 'record.n' }, remove: ['n'] }, [{ n: 1, o: 2 }]);
    expect(result.records).toEqual([{ o: 2, m: 1 }]);
    expect(run('data:map', { remove: ['n'] }, RECORDS).records).toEqual([{}, {}, {}]);
  });

  it('maps a list, and wants objects', () => {
    const list = { records: [{ n: 1 }], on_error: 'dead_letter' };
    expect(run('data:map', { ...list, fields: { m: 'record.n' } }).summary).toEqual({
      records: [{ m: 1 }],
      count: 1,
      failed: 0,
    });
    expect(run('data:map', { ...list, expression: 'record.n' }).dead).toMatchObject([
      { error: { reason: 'expression.not-an-object' }, record: { n: 1 } },
    ]);
  });
});

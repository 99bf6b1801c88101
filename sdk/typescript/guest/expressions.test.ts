import { describe, expect, it } from 'vitest';
import type { ProgramHandle } from '../host.ts';
import { hostError, MemoryHost, MemoryInput, MemoryOutput } from '../memory-host.ts';
import { createExpressions } from './expressions.ts';
import { Output, Streams } from './streams.ts';

/** Answers `record.n`, and fails for a batch in which one has none. */
const program: ProgramHandle = {
  evaluate: (records) =>
    records.map((record) => {
      const { n } = JSON.parse(record) as { n?: unknown };
      if (n === undefined) throw hostError('invalid-argument', 'no n');
      return JSON.stringify(n);
    }),
  pump: () => ({ read: 9, written: 9, dropped: 0, failed: 0 }),
};

const expressions = createExpressions({ Program: { compile: () => program } });

function inputOf(...batches: ConstructorParameters<typeof MemoryInput>[1][]) {
  const handles = batches.map((batch, index) => new MemoryInput(`i${index}`, batch));
  return new Streams(handles, [], new MemoryHost().streams).input();
}

describe('expressions', () => {
  it('evaluates values', () => {
    expect(expressions.compile('record.n').evaluate([{ n: 1 }, { n: 'x' }])).toEqual([1, 'x']);
  });

  it('finds the record that fails', () => {
    const outcomes = expressions.compile('record.n').evaluateEach(['{"n":1}', '{}', '{"n":2}']);
    expect(outcomes).toMatchObject([
      { result: '1' },
      { error: { code: 'invalid-argument', message: 'no n' } },
      { result: '2' },
    ]);
  });

  it('lets the host pump a single input', () => {
    const output = new Output(new MemoryOutput('main'));
    const stats = expressions.compile('x').pump(inputOf([]), output, { mode: 'filter' });
    expect(stats.read).toBe(9);
  });

  it('pumps several inputs together', () => {
    const main = new MemoryOutput('main');
    const rejected = new MemoryOutput('dead_letter');
    const stats = expressions
      .compile('record.n')
      .pump(
        inputOf([[{ n: true, id: 1 }], [{ id: 2 }]], [[{ n: false, id: 3 }, { n: 5 }]]),
        new Output(main),
        { mode: 'filter', errors: 'reject', rejected: new Output(rejected) },
      );
    expect(stats).toEqual({ read: 4, written: 1, dropped: 1, failed: 2 });
    expect(main.records).toEqual([{ n: true, id: 1 }]);
    expect(rejected.records).toMatchObject([
      { error: { reason: 'expression.not-boolean' }, record: { n: 5 } },
      { error: { code: 'invalid-argument' }, record: { id: 2 } },
    ]);
  });

  it('stops a merged pump at the first failure unless told otherwise', () => {
    const run = (errors: 'stop' | 'skip') =>
      expressions
        .compile('record.n')
        .pump(inputOf([[{}]], [[{ n: { m: 1 } }]]), new Output(new MemoryOutput('main')), {
          mode: 'transform',
          errors,
        });
    expect(() => run('stop')).toThrow('no n');
    expect(run('skip')).toEqual({ read: 2, written: 1, dropped: 0, failed: 1 });
  });
});

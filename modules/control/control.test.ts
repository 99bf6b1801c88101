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

function run(module: string, params: JsonObject, inputs: MemoryInput[] = [], dryRun = false) {
  const host = new MemoryHost();
  const main = new MemoryOutput('main');
  const perform = serve(family, host);
  const summary = JSON.parse(
    perform(invocation(`control:${module}`, params, dryRun), inputs, [main]),
  );
  return { summary, records: main.records, slept: host.slept };
}

describe('control:barrier', () => {
  it('takes all that comes, and passes it on', () => {
    const inputs = [new MemoryInput('a', [[{ n: 1 }], [{ n: 2 }]]), new MemoryInput('b', [[]])];
    expect(run('barrier', {}, inputs)).toMatchObject({
      summary: { records: 2 },
      records: [{ n: 1 }, { n: 2 }],
    });
    expect(run('barrier', {}).summary).toEqual({ records: 0 });
  });
});

describe('control:fail', () => {
  it.each(['control.fail', 'disk.full'])('fails with its message and the reason %s', (reason) => {
    expect(() => run('fail', { message: 'No backup.', reason })).toThrow(
      expect.objectContaining({
        val: expect.objectContaining({
          error: expect.objectContaining({
            code: 'failed-precondition',
            reason,
            message: 'No backup.',
          }),
        }),
      }),
    );
  });
});

describe('control:sleep', () => {
  it('waits, in parts when it is long, and not in a dry run', () => {
    expect(run('sleep', { duration: '1.5s' })).toMatchObject({
      summary: { slept_ms: 1500 },
      slept: [1500],
    });
    expect(run('sleep', { duration: '1000h' }).slept).toEqual([2 ** 31 - 1, 1_452_516_353]);
    expect(run('sleep', { duration: '1s' }, [], true).slept).toEqual([]);
  });
});

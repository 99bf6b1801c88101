import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { defineFamily, defineModule } from '../define.ts';
import { OrkError, pause } from '../errors.ts';
import type { Failure } from '../host.ts';
import {
  hostError,
  invocation,
  MemoryFiles,
  MemoryHost,
  MemoryInput,
  MemoryOutput,
} from '../memory-host.ts';
import { createFiles } from './files.ts';
import { serve } from './serve.ts';

const open = { params: z.looseObject({}), result: z.looseObject({}) };

function familyOf(perform: (ctx: Context<Record<string, unknown>>) => Record<string, unknown>) {
  const module = defineModule({ name: 'one', summary: 'x', ...open, ports: ['side'], perform });
  return defineFamily({
    family: 'test',
    version: '1.0.0',
    layer: 1,
    description: 'x',
    license: 'x',
    modules: [module],
  });
}

function failureOf(perform: Parameters<typeof familyOf>[0], host = new MemoryHost()): Failure {
  const run = serve(familyOf(perform), host);
  try {
    run(invocation('test:one', {}), [], []);
  } catch (failure) {
    return failure as Failure;
  }
  throw new Error('perform did not fail');
}

describe('serve', () => {
  it('gives the module its params and returns its summary', () => {
    const run = serve(
      familyOf((ctx) => ({ got: ctx.params['a'] ?? null, dry: ctx.dryRun })),
      new MemoryHost(),
    );
    expect(JSON.parse(run(invocation('test:one', { a: 1 }, true), [], []))).toEqual({
      got: 1,
      dry: true,
    });
  });

  it('writes what was pushed, and gives the handles back', () => {
    const run = serve(
      familyOf((ctx) => {
        for (const record of ctx.input().records()) ctx.port('side').push(record);
        return {};
      }),
      new MemoryHost(),
    );
    const input = new MemoryInput('a', [[{ n: 1 }], [{ n: 2 }]]);
    const side = new MemoryOutput('side');
    run(invocation('test:one', {}), [input], [new MemoryOutput('main'), side]);
    expect(side.records).toEqual([{ n: 1 }, { n: 2 }]);
    expect(side.writes).toEqual([2]);
    expect([input.closed, side.closed]).toEqual([true, true]);
  });

  it('turns an OrkError into a failure with its summary', () => {
    const failure = failureOf(() => {
      throw new OrkError('denied', 'no', { reason: 'a.b', hint: 'ask', summary: { code: 3 } });
    });
    expect(failure).toEqual({
      tag: 'failed',
      val: {
        error: { code: 'denied', reason: 'a.b', message: 'no', hint: 'ask', retryAfter: undefined },
        summary: '{"code":3}',
      },
    });
  });

  it('turns an unexpected error into internal, with its stack in the log', () => {
    const host = new MemoryHost();
    const failure = failureOf(() => {
      throw new RangeError('boom');
    }, host);
    expect(failure).toMatchObject({ val: { error: { code: 'internal', message: 'boom' } } });
    expect(host.lines[0]).toMatchObject({ level: 'debug' });
    expect(host.lines[0]?.message).toContain('serve.test.ts');
  });

  it('keeps code and reason of a host error', () => {
    const failure = failureOf(() => {
      throw hostError('canceled', 'stopped');
    });
    expect(failure).toMatchObject({ val: { error: { code: 'canceled', reason: 'canceled' } } });
  });

  it('pauses', () => {
    expect(failureOf(() => pause('approval', { expires: 5 }))).toEqual({
      tag: 'paused',
      val: { reason: 'approval', token: undefined, expires: 5 },
    });
  });

  it('refuses a promise, an unknown module, and a port that is not declared', () => {
    expect(failureOf(() => Promise.resolve({}) as never)).toMatchObject({
      val: { error: { reason: 'module.async' } },
    });
    expect(failureOf((ctx) => void ctx.port('other') as never)).toMatchObject({
      val: { error: { reason: 'stream.no-port' } },
    });
    const run = serve(
      familyOf(() => ({})),
      new MemoryHost(),
    );
    expect(() => run(invocation('test:two', {}), [], [])).toThrow(
      expect.objectContaining({ tag: 'failed' }),
    );
  });

  it('gives a module only what it declares', () => {
    const seen: string[] = [];
    const modules = (['with', 'without'] as const).map((name) =>
      defineModule({
        name,
        summary: 'x',
        ...open,
        capabilities: name === 'with' ? ['files'] : [],
        perform: (ctx) => {
          seen.push(`${name} ${'files' in ctx}`);
          return {};
        },
      }),
    );
    const run = serve({ ...familyOf(() => ({})), modules }, new MemoryHost(), {
      files: () => createFiles(new MemoryFiles()),
    });
    run(invocation('test:with', {}), [], []);
    run(invocation('test:without', {}), [], []);
    expect(seen).toEqual(['with true', 'without false']);
  });

  it('knows the time, sleeps, logs, and announces that a service is ready', () => {
    const host = new MemoryHost();
    const run = serve(
      familyOf((ctx) => {
        ctx.sleep(20);
        ctx.log.info('hi', { a: 1 });
        ctx.serviceReady({ port: 1 });
        return { now: ctx.now(), deadline: ctx.deadline ?? null };
      }),
      host,
    );
    const call = { ...invocation('test:one', {}), deadline: 5n };
    expect(JSON.parse(run(call, [], []))).toEqual({ now: 1_000_020, deadline: 5 });
    expect(host.lines).toEqual([{ level: 'info', message: 'hi', fields: { a: 1 } }]);
    expect(host.summaries).toEqual(['{"port":1}']);
  });
});

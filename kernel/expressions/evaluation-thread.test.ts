import { afterAll, describe, expect, it } from 'vitest';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { compileExpression } from './cel.ts';
import { EvaluationThread } from './evaluation-thread.ts';
import type { Scope } from './scope.ts';

const thread = new EvaluationThread();
afterAll(() => thread.close(), 60_000);

function scope(names: JsonObject = {}): Scope {
  return {
    names,
    env: (name) => (name === 'HOME' ? '/root' : undefined),
    secret: (name) => {
      if (name === 'SHORT')
        throw new OrkError('failed-precondition', 'too short', { hint: 'grow' });
      return name === 'TOKEN' ? 'token-1' : undefined;
    },
    now: () => new Date(1_234_567_890_123),
    uuid: () => 'u-1',
  };
}

function evaluate(source: string, names: JsonObject = {}, deadlineMs = 60_000): Promise<Json> {
  return thread.evaluate(compileExpression(source), scope(names), deadlineMs);
}

/** Takes hours: the product of nine loops over ten numbers. */
const ENDLESS = `${'n.all(x, '.repeat(9)}true${')'.repeat(9)}`;
const numbers = Array.from({ length: 10 }, (_, index) => index);

describe('an evaluation thread', { timeout: 60_000 }, () => {
  it('yields what the expression yields', async () => {
    expect(await evaluate('{"a": b.map(x, x + 1)}', { b: [1, 2] })).toEqual({ a: [2, 3] });
  });

  it('asks the host while it evaluates', async () => {
    const source =
      "[env('HOME'), secret('TOKEN'), string(now()), uuid(), default(secret('X'), 'none')]";
    expect(await evaluate(source)).toEqual([
      '/root',
      'token-1',
      '2009-02-13T23:31:30.123Z',
      'u-1',
      'none',
    ]);
  });

  it.each([
    [
      "secret('SHORT')",
      { code: 'failed-precondition', message: "too short in `secret('SHORT')`", hint: 'grow' },
    ],
    [
      'a.cunt',
      { code: 'invalid-argument', hint: "did you mean 'count'?", expression: 'a.cunt', length: 1 },
    ],
    ['aa', { hint: "did you mean 'a'?", offset: 0 }],
  ])('fails for %s as it does without a thread', async (source, expected) => {
    await expect(evaluate(source, { a: { count: 1 } })).rejects.toMatchObject(expected);
    const inline = () => compileExpression(source).evaluate({ a: { count: 1 } }, scope());
    expect(inline).toThrow(expect.objectContaining(expected));
  });

  it('is ended after the deadline, and replaced', async () => {
    await expect(evaluate(ENDLESS, { n: numbers }, 50)).rejects.toMatchObject({
      code: 'timeout',
      reason: 'expression.timeout',
      message: expect.stringContaining('took longer than 50 ms'),
    });
    expect(await evaluate('1 + 1')).toBe(2);
  });

  it('counts the deadline of an expression from when its turn has come', async () => {
    const slow = evaluate(ENDLESS, { n: numbers }, 100);
    const next = evaluate('1 + 1');
    await expect(slow).rejects.toMatchObject({ code: 'timeout' });
    expect(await next).toBe(2);
  });

  it('fails when it runs out of memory, and is replaced', async () => {
    const names = { s: 'x'.repeat(500_000), n: Array.from({ length: 1000 }, () => 0) };
    await expect(evaluate("n.map(i, split(s, ''))", names, 60_000)).rejects.toMatchObject({
      code: 'resource-exhausted',
      reason: 'expression.too-large',
      message: "`n.map(i, split(s, ''))` needs more than 256 MiB of memory",
    });
    expect(await evaluate('1 + 1')).toBe(2);
  });
});

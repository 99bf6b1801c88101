import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../types/json.ts';
import { evaluateBounded } from './bounded-evaluation.ts';
import { compileExpression } from './cel.ts';
import { EvaluationThread } from './evaluation-thread.ts';
import { INLINE_STEPS } from './limits.ts';
import type { Host, Scope } from './scope.ts';

const host: Host = {
  env: (name) => (name === 'A' ? 'env-a' : undefined),
  secret: (name) => (name === 'S' ? 'secret-s' : undefined),
  now: () => new Date(0),
  uuid: () => 'u',
};
const thread = new EvaluationThread();
afterAll(() => thread.close(), 60_000);

function scope(names: JsonObject): Scope {
  return { ...host, names };
}

const list = (length: number) => Array.from({ length }, (_, index) => index);

describe('an expression with loops', { timeout: 60_000 }, () => {
  it.each([
    ['hosts.filter(h, h.up).map(h, h.name)', 1000],
    ["hosts.exists(h, h.name == 'host-7')", 1000],
    ["hosts.filter(h, h.name.matches('^host-[0-9]+$'))", 500],
    ['hosts.map(h, hosts.filter(o, o.up && o.name != h.name).map(o, o.name))', 20],
  ])('as playbooks have it, %s over %i hosts, needs no thread', (source, count) => {
    const hosts = list(count).map((index) => ({ name: `host-${index}`, up: index % 2 === 0 }));
    expect(compileExpression(source).evaluateWithin(INLINE_STEPS, { hosts }, host)).toBeDefined();
  });

  const long = 'x'.repeat(100_000);
  it.each<[string, JsonObject]>([
    ['n.all(a, n.all(b, n.all(c, true)))', { n: list(100) }],
    ['n.map(a, n.map(b, a + b))', { n: list(300) }],
    ["n.all(a, s.contains('y') == false)", { n: list(100), s: long }],
    ['n.all(a, l == l)', { n: list(100), l: list(10_000) }],
    ['n.all(a, to_json(l) != s)', { n: list(100), l: list(10_000), s: '' }],
    ['n.all(a, a in l)', { n: list(10_000), l: list(10_000) }],
    ["s.matches('(x?){500}x{500}$')", { s: long }],
    ['s.matches(p)', { s: 'a', p: '\\pL{1000}' }],
    ["n.all(a, timestamp(0).getHours('Europe/Berlin') < 24)", { n: list(1000) }],
    [doubling('s + s', 30), { s: 'x'.repeat(1000) }],
    [doubling('s + s', 30), { s: list(10) }],
    [`${'[0, 1, 2, 3, 4, 5, 6, 7].all(x, '.repeat(9)}true${')'.repeat(9)}`, {}],
  ])('that is expensive, %s, is not finished inline', (source, names) => {
    expect(compileExpression(source).evaluateWithin(INLINE_STEPS, names, host)).toBeUndefined();
  });

  it('is evaluated in a thread when it is expensive', async () => {
    const expression = compileExpression('n.map(a, n.map(b, a + b)).size()');
    expect(await evaluateBounded(expression, scope({ n: list(150) }), 60_000)).toBe(150);
  });

  it('is ended after the deadline', async () => {
    const endless = compileExpression(`${'n.all(x, '.repeat(9)}true${')'.repeat(9)}`);
    await expect(evaluateBounded(endless, scope({ n: list(10) }))).rejects.toMatchObject({
      code: 'timeout',
      reason: 'expression.timeout',
      message: expect.stringContaining('took longer than 250 ms'),
    });
  });
});

/** `sum` applied to its own result so many times: 2^times as large as what it starts with. */
function doubling(sum: string, times: number): string {
  let source = sum;
  for (let turn = 0; turn < times; turn++) source = `[${source}].map(s, s + s)[0]`;
  return `size(${source})`;
}

const leaf = fc.constantFrom(
  ...['n', 'n.size()', 'r.a', 'r.b.c', 's', 'x', "env('A')", "secret('S')", 'now()', 'uuid()'],
  ...['1', '2.5', "'é'", 'true', 'null', 'missing', 'r.missing', "secret('T')", '[1, 2]', '0'],
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc
      .tuple(
        fc.constantFrom('map', 'filter', 'all', 'exists', 'exists_one'),
        tie('expression'),
        tie('expression'),
      )
      .map(([macro, range, body]) => `(${range}).${macro}(x, ${body})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '==', '&&', 'in', '/', '<'), tie('expression'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie('expression').map((inner) => `default(${inner}, 'd')`),
    tie('expression').map((inner) => `to_json({'k': ${inner}})`),
    tie('expression').map((inner) => `string(${inner}).matches('[0-9]+')`),
  ),
}));
const names: fc.Arbitrary<JsonObject> = fc.record({
  n: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }),
  r: fc.constantFrom<Json[]>(
    { a: [1, 'x'], b: { c: { d: null } } },
    { a: {} },
    {},
  ) as fc.Arbitrary<Json>,
  s: fc.string({ maxLength: 5 }),
  x: fc.constant('outer'),
});

type Outcome = { result: Json } | { error: unknown };

async function outcomeOf(evaluation: () => Json | Promise<Json>): Promise<Outcome> {
  try {
    return { result: await evaluation() };
  } catch (error) {
    const { code, reason, message, hint, offset } = error as Record<string, unknown>;
    return { error: { code, reason, message, hint, offset } };
  }
}

it('the outcome is the same at once, with steps counted, and in a thread', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(expression, names, async (source, values) => {
      const compiled = compileExpression(source);
      const atOnce = await outcomeOf(() => compiled.evaluate(values, host));
      const counted = await outcomeOf(
        () => compiled.evaluateWithin(1_000_000_000, values, host)?.result as Json,
      );
      const inThread = await outcomeOf(() => thread.evaluate(compiled, scope(values), 60_000));
      expect(counted).toEqual(atOnce);
      expect(inThread).toEqual(atOnce);
    }),
    { numRuns: 300 },
  );
});

import { isDeepStrictEqual } from 'node:util';
import { compileExpression, type Expression } from '../../kernel/expressions/cel.ts';
import { ExpressionError } from '../../kernel/expressions/errors.ts';
import { INLINE_STEPS, MAX_RESULT_DEPTH } from '../../kernel/expressions/limits.ts';
import type { Host } from '../../kernel/expressions/scope.ts';
import type { Json, JsonObject } from '../../kernel/types/json.ts';
import { require, type Target } from './target.ts';

export const host: Host = {
  env: (name) => (name === 'HOME' ? '/root' : undefined),
  secret: (name) => (name === 'KEY' ? 'secret' : undefined),
  now: () => new Date(1_700_000_000_000),
  uuid: () => '00000000-0000-4000-8000-000000000000',
};

/** Data with everything that could surprise: odd keys, deep lists, long text. */
export const names: JsonObject = {
  n: 3,
  f: -0.5,
  s: 'héllo {{ n }} "}}"',
  t: '2026-01-31T23:59:59.5Z',
  b: true,
  nothing: null,
  list: [1, 'two', null, [3], { k: 4 }],
  numbers: Array.from({ length: 50 }, (_, index) => index),
  long: 'ab'.repeat(5000),
  odd: JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "$typeName": "t", "": 0, "a b": [1]}'),
  page: {
    status: 'Completed',
    summary: { items: [{ id: 1, tags: ['a'] }, { id: 2 }] },
    error: null,
  },
  deep: JSON.parse('['.repeat(200) + ']'.repeat(200)),
};

export const expressionWords = [
  ...['n', 'f', 's', 't', 'b', 'nothing', 'list', 'numbers', 'long', 'odd', 'page', 'deep'],
  ...[
    'page.summary.items',
    "odd['__proto__']",
    'list[3]',
    '.n',
    'missing',
    '__proto__',
    'toString',
  ],
  ...[
    '.map(x, x)',
    '.filter(x, x > 1)',
    '.all(x, x == 1)',
    '.exists_one(x, true)',
    '.map(k, true, k)',
  ],
  ...[
    'default(',
    'has(',
    'size(',
    'secret ',
    "env 'HOME'",
    'now()',
    'uuid()',
    'to_json(',
    'from_json(',
  ],
  ...[
    'format_time(t, "%F")',
    'base64_encode(',
    'sha256(',
    '.split("")',
    '.join(", ")',
    '.replace("a", "b")',
  ],
  ...[
    '.matches("(a|b)*c{1,9}$")',
    'timestamp(',
    'duration("1h")',
    'type(',
    'dyn(',
    'bytes(',
    'int(',
    'uint(',
  ],
  ...[
    ' + ',
    ' - ',
    ' * ',
    ' / ',
    ' % ',
    ' == ',
    ' in ',
    ' && ',
    ' || ',
    ' ? ',
    ' : ',
    '!',
    '-',
    '.',
    ',',
  ],
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    "'",
    '"',
    '"""',
    "r'",
    "b'",
    '//',
    '\n',
    '1u',
    '0x1F',
    '1e9',
    '-1',
    'null',
  ],
  ...[
    'google.protobuf.Struct{',
    'google.protobuf.Any{',
    'optional.of(',
    '@candidate',
    'x',
    'for',
    'true',
  ],
] as unknown as [string, ...string[]];

/** The CEL bridge: any text is compiled, and evaluated if it can be. */
export const expressionTarget: Target = {
  name: 'expression',
  extension: 'cel',
  words: expressionWords,
  async run(source) {
    const compiled = attempt(() => compileExpression(source));
    if (compiled instanceof ExpressionError) return signature(compiled);
    checkAnalysis(compiled, source);
    const outcome = attempt(() => compiled.evaluateWithin(INLINE_STEPS, names, host));
    if (outcome === undefined) return 'expensive';
    const again = attempt(() => compiled.evaluate(names, host));
    if (outcome instanceof ExpressionError) {
      require(again instanceof ExpressionError, 'fails only when steps are counted');
      require(again.message === outcome.message, 'fails differently when steps are counted');
      return signature(outcome);
    }
    checkJson(outcome.result);
    require(isDeepStrictEqual(
      again,
      outcome.result,
    ), 'yields something else when steps are counted');
    return typeof outcome.result;
  },
};

/** What an action yields, or its `ExpressionError`; anything else that is thrown is a finding. */
export function attempt<T>(action: () => T): T | ExpressionError {
  try {
    return action();
  } catch (error) {
    if (error instanceof ExpressionError && error.code !== 'internal') return error;
    throw error;
  }
}

function signature(error: ExpressionError): string {
  return `${error.reason}: ${error.message.slice(0, 24)}`;
}

function checkAnalysis({ analysis }: Expression, source: string): void {
  for (const { path, offsets } of analysis.references) {
    require(path.length === offsets.length, 'a reference has an offset for each of its parts');
    require(offsets.every(
      (offset) => offset >= 0 && offset < source.length,
    ), 'an offset is outside');
  }
}

/** Fails when a value is no JSON, or nests deeper than an expression may. */
export function checkJson(root: Json): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    require(depth <= MAX_RESULT_DEPTH + 1, 'the result is too deep');
    level = level.flatMap(membersOf);
  }
}

function membersOf(value: unknown): unknown[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return [];
  require(typeof value !== 'number' ||
    Number.isFinite(value), 'the result has a number beyond JSON');
  if (typeof value === 'number') return [];
  require(typeof value === 'object', `the result has a ${typeof value} in it`);
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain =
    prototype === Object.prototype || prototype === Array.prototype || prototype === null;
  require(plain, 'the result has an object in it that is no data');
  return Object.values(value);
}

import { describe, expect, it } from 'vitest';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { compileExpression } from './cel.ts';
import { MAX_EXPRESSION_LENGTH } from './limits.ts';
import type { Host } from './scope.ts';

const host: Host = {
  env: (name) => (name === 'HOME' ? '/root' : undefined),
  secret: (name) => (name === 'TOKEN' ? 'token-1' : undefined),
  now: () => new Date(1_234_567_890_123),
  uuid: () => '0000-1',
};

function evaluate(source: string, names: JsonObject = {}): Json {
  return compileExpression(source).evaluate(names, host);
}

function failure(source: string, names: JsonObject = {}): unknown {
  try {
    return evaluate(source, names);
  } catch (error) {
    return error;
  }
}

describe('numbers', () => {
  it.each([
    ['n + 1', 6],
    ['1 + n', 6],
    ['n / 2', 2.5],
    ['5 / 2', 2],
    ['n % 2', 1],
    ['n % 2 == 1', true],
    ['n * 2u', 10],
    ['n > 4', true],
    ['-n', -5],
  ])('computes %s with a JSON number', (source, expected) => {
    expect(evaluate(source, { n: 5 })).toEqual(expected);
  });

  it.each(['1.0 / 0.0', '9223372036854775807', 'n % 0'])('refuses %s', (source) => {
    expect(failure(source, { n: 5 })).toMatchObject({
      code: 'invalid-argument',
      reason: 'expression.evaluation',
    });
  });
});

describe('names', () => {
  it('may start with a dot', () => {
    expect(evaluate('.a.b', { a: { b: 1 } })).toBe(1);
  });

  it('do not reach what JavaScript adds to objects', () => {
    expect(failure('toString')).toMatchObject({
      message: "'toString' does not exist in `toString`",
    });
    expect(failure('a.toString', { a: {} })).toMatchObject({ reason: 'expression.evaluation' });
    expect(evaluate("default(a['__proto__'], 'none')", { a: {} })).toBe('none');
  });

  it('read keys that the library treats specially', () => {
    const names = JSON.parse('{"a":{"constructor":{"x":1},"$typeName":"t","__proto__":2}}');
    expect(evaluate('a.constructor.x', names)).toBe(1);
    expect(evaluate('a', names)).toEqual(names.a);
  });

  it('name the nearest existing one when they are missing', () => {
    expect(failure('treshold > 1', { threshold: 1 })).toMatchObject({
      message: "'treshold' does not exist in `treshold > 1`",
      hint: "did you mean 'threshold'?",
      offset: 0,
    });
  });

  it('name the nearest field', () => {
    expect(failure('a.b.cunt', { a: { b: { count: 1 } } })).toMatchObject({
      message: "'a.b' has no field 'cunt' in `a.b.cunt`",
      hint: "did you mean 'count'?",
    });
    expect(failure('a.b["cunt"]', { a: { b: { count: 1 } } })).toMatchObject({
      hint: "did you mean 'count'?",
    });
  });

  it('are present when they hold null', () => {
    expect(evaluate('has(a.n)', { a: { n: null } })).toBe(true);
    expect(evaluate('"n" in a', { a: { n: null } })).toBe(true);
  });
});

describe('default', () => {
  it.each([
    ["default(a.b, 'no')", 1],
    ["default(a.x, 'no')", 'no'],
    ["default(a.x.y.z, 'no')", 'no'],
    ["default(a.n, 'no')", 'no'],
    ["default(a.n.deeper, 'no')", 'no'],
    ["default(missing, 'no')", 'no'],
    ["default(missing.x, 'no')", 'no'],
    ["default(list[5], 'no')", 'no'],
    ["default(list[0], 'no')", 1],
    ["default(a['b'], 'no')", 1],
    ["default(default(a.x, null), 'no')", 'no'],
    ["default(a.x, default(a.y, 'no'))", 'no'],
    ["default(lower('A'), 'no')", 'a'],
    ["default(env('NOPE'), 'no')", 'no'],
    ["default(env('HOME'), 'no')", '/root'],
    ["default(secret('NOPE'), 'no')", 'no'],
    ["default(secret('TOKEN'), 'no')", 'token-1'],
    ["default(a[lower('B')], 'no')", 1],
    ["default(a[lower('C')], 'no')", 'no'],
    ["default(a[missing], 'no')", 'no'],
    ["default(list[size(list)], default(a[s], 'no'))", 'no'],
    ["list.map(i, default(a[i], 'no'))", ['no']],
    ['[1, 2].map(i, default(i, 0))', [1, 2]],
    ["default({'k': 1}, 2).k", 1],
  ])('%s', (source, expected) => {
    expect(evaluate(source, { a: { b: 1, n: null }, list: [1] })).toEqual(expected);
  });

  it('does not evaluate the alternative in vain', () => {
    expect(evaluate('default(a, 1 / 0)', { a: 1 })).toBe(1);
    expect(evaluate("default(lower('A'), missing)")).toBe('a');
  });

  it('evaluates a computed key once', () => {
    let calls = 0;
    const counting: Host = { ...host, uuid: () => `k${calls++}` };
    expect(compileExpression('default(a[uuid()], 1)').evaluate({ a: { k0: 2 } }, counting)).toBe(2);
    const nested = `${'default(a['.repeat(45)}'k'${'], 0)'.repeat(45)}`;
    expect(evaluate(nested, { a: { k: 'k' } })).toBe('k');
  });

  it('does not hide other mistakes', () => {
    expect(failure('default(lower(missing), 1)')).toMatchObject({
      reason: 'expression.evaluation',
    });
    const refusing: Host = {
      ...host,
      secret: () => {
        throw new OrkError('failed-precondition', 'the secret is too short');
      },
    };
    const read = () => compileExpression("default(secret('A'), 1)").evaluate({}, refusing);
    expect(read).toThrow('the secret is too short');
  });

  it('takes two arguments', () => {
    expect(failure('default(a)')).toMatchObject({ reason: 'expression.syntax' });
  });
});

describe('functions', () => {
  it.each<[string, Json]>([
    ["env('HOME')", '/root'],
    ["env 'HOME'", '/root'],
    ["secret('TOKEN')", 'token-1'],
    ["secret 'TOKEN'", 'token-1'],
    ["format_time(now(), '%F')", '2009-02-13'],
    ["format_time('2020-01-31T12:00:00Z', '%H', '+01:00')", '13'],
    ['  upper   s  ', 'HÉ'],
    ['lower(s)', 'hé'],
    ['s.upper()', 'HÉ'],
    ["trim(' a ')", 'a'],
    ["split('a,b', ',')", ['a', 'b']],
    ["'a,b'.split(',').join('-')", 'a-b'],
    ["join(['a', 1, true], '-')", 'a-1-true'],
    ["replace('a.b.c', '.', '')", 'abc'],
    ['to_json({"a": [1]})', '{"a":[1]}'],
    ['from_json(\'{"a":[1]}\').a', [1]],
    ['base64_encode(s)', 'SMOp'],
    ['base64_decode(base64_encode(s))', 'Hé'],
    ["sha256('')", 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['uuid()', '0000-1'],
    ['now()', '2009-02-13T23:31:30.123Z'],
    ["now() > timestamp('2000-01-01T00:00:00Z')", true],
    ["s.matches('^H')", true],
  ])('%s', (source, expected) => {
    expect(evaluate(source, { s: 'Hé' })).toEqual(expected);
  });

  it.each([
    ["env('NOPE')", 'invalid-argument'],
    ["secret 'X'", 'not-found'],
    ["from_json('{')", 'invalid-argument'],
    ["base64_decode('!')", 'invalid-argument'],
    ["base64_decode('/w==')", 'invalid-argument'],
    ["format_time('yesterday')", 'invalid-argument'],
    ["int('1e3')", 'invalid-argument'],
    ["uint('-1')", 'invalid-argument'],
    ["int('9223372036854775808')", 'invalid-argument'],
    ["join([[1]], '')", 'invalid-argument'],
    ['upperr(s)', 'invalid-argument'],
  ])('%s fails with %s', (source, code) => {
    expect(failure(source, { s: 'x' })).toMatchObject({ code });
  });
});

describe('a secret that no provider has', () => {
  it('says how to give it', () => {
    expect(failure("secret('API_KEY')")).toMatchObject({
      code: 'not-found',
      reason: 'secret.not-found',
      message: "there is no secret 'API_KEY' in `secret('API_KEY')`",
      hint: 'put it into a file for --secrets-file, or set ORK_SECRET_API_KEY',
    });
  });
});

describe('syntax errors', () => {
  it.each([
    ['a +', 'unexpected', 2],
    ['(a', "'(' has no matching ')'", 0],
    ['a)', "unexpected ')'", 1],
    ['[a)', "unexpected ')'", 2],
    ["['(' // (\n", "'[' has no matching ']'", 0],
    ['for', "'for' is a reserved word", 0],
    ['a | upper', "unexpected '|'", 2],
    ['  ', 'the expression is empty', 0],
  ])('in %s are explained', (source, message, offset) => {
    expect(failure(source)).toMatchObject({
      reason: 'expression.syntax',
      message: expect.stringContaining(message),
      offset,
    });
  });

  it('are raised for what is too long or too deep', () => {
    expect(failure('a'.repeat(MAX_EXPRESSION_LENGTH + 1))).toMatchObject({
      reason: 'expression.syntax',
    });
    expect(failure('('.repeat(8000) + ')'.repeat(8000))).toMatchObject({
      reason: 'expression.syntax',
    });
  });
});

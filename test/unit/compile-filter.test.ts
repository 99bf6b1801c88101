import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NATIVE_ARCHITECTURE, runFilter } from '../support/filter-machine.ts';
import { compileText, compileWords, markedDefaultRules } from '../support/native-programs.ts';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.ts';

const ALLOWED = 0x7fff0000;
const KILLED = 0x80000000;
const ERRNO = 0x00050000;
const DEFAULT_ERRNO = 38;
const U64 = 2n ** 64n - 1n;

/** Neighbours, and one far away: they share and border segments of the program. */
const CALLS: Record<string, number> =
  process.arch === 'x64'
    ? { read: 0, write: 1, lseek: 8, mmap: 9, mprotect: 10, rseq: 334, futex_waitv: 449 }
    : { lseek: 62, read: 63, write: 64, mmap: 222, mprotect: 226, rseq: 293, futex_waitv: 449 };

const HOLDS: Record<string, (arg: bigint, value: bigint, mask: bigint) => boolean> = {
  eq: (arg, value) => arg === value,
  ne: (arg, value) => arg !== value,
  lt: (arg, value) => arg < value,
  le: (arg, value) => arg <= value,
  ge: (arg, value) => arg >= value,
  gt: (arg, value) => arg > value,
  'masked-eq': (arg, value, mask) => (arg & mask) === value,
};

interface Comparison {
  argument: number;
  op: string;
  value: bigint;
  mask: bigint;
}

interface Rule {
  verb: 'allow' | 'errno' | 'kill';
  name: string;
  errno: number;
  comparisons: Comparison[];
}

const SEVERITY = { kill: 0, errno: 1, allow: 2 };

/** Halves that meet each other often. */
const half = fc.constantFrom(0n, 1n, 2n, 0x5412n, 0x7fffffffn, 0x80000000n, 0xffffffffn);
const operand = fc.tuple(half, half).map(([high, low]) => (high << 32n) | low);

const comparison: fc.Arbitrary<Comparison> = fc
  .record({
    argument: fc.integer({ min: 0, max: 2 }),
    op: fc.constantFrom(...Object.keys(HOLDS)),
    value: operand,
    mask: operand,
  })
  .map((made) => (made.op === 'masked-eq' ? { ...made, value: made.value & made.mask } : made));

const rule: fc.Arbitrary<Rule> = fc.record({
  verb: fc.constantFrom('allow', 'errno', 'kill'),
  name: fc.constantFrom(...Object.keys(CALLS), 'no_such_call'),
  errno: fc.integer({ min: 1, max: 4095 }),
  comparisons: fc.array(comparison, { maxLength: 3 }),
});

const call = fc.record({
  number: fc.oneof(
    fc.constantFrom(...Object.values(CALLS)),
    fc.integer({ min: 0, max: 500 }),
    fc.integer({ min: 0, max: 0x3fffffff }),
  ),
  args: fc.array(operand, { minLength: 6, maxLength: 6 }),
});

describe('a compiled filter', () => {
  test(
    'answers as its rules say',
    () => {
      const property = fc.property(
        fc.array(rule, { maxLength: 24 }),
        fc.array(call, { minLength: 20, maxLength: 20 }),
        (rules, calls) => {
          const program = compiled(rules.flatMap(wordsOf));
          for (const { number, args } of calls) {
            const answer = runFilter(program, { number, args, architecture: NATIVE_ARCHITECTURE });
            expect(answer).toBe(answerOf(rules, number, args));
          }
        },
      );
      fc.assert(property, propertyRuns(300));
    },
    PROPERTY_TIMEOUT_MS,
  );

  test('kills who calls as another architecture', () => {
    const program = compiled(['allow', 'read']);
    const read = { number: CALLS['read'] as number, args: [] };
    for (const architecture of [0x40000003, 0xc000003e, 0xc00000b7, 0x40000028, 0]) {
      const expected = architecture === NATIVE_ARCHITECTURE ? ALLOWED : KILLED;
      expect(runFilter(program, { ...read, architecture })).toBe(expected);
    }
  });

  test.runIf(process.arch === 'x64')('kills who calls by the numbers of x32', () => {
    const program = compiled(['allow', 'read']);
    for (const number of [0x40000000, 0x40000027, 0x7fffffff, -1]) {
      const answer = runFilter(program, { number, args: [], architecture: NATIVE_ARCHITECTURE });
      expect(answer).toBe(KILLED);
    }
  });

  test('reaches across more code than one jump can', () => {
    const many = Array.from({ length: 400 }, (_, index) => [
      ...['errno-if', String(index + 1), 'read', '1', '0', 'eq', String(index), '0'],
    ]).flat();
    const program = compiled([...many, 'allow', 'write', 'allow', 'read']);
    const at = (number: number, arg: bigint) =>
      runFilter(program, { number, args: [arg], architecture: NATIVE_ARCHITECTURE });
    expect(at(CALLS['read'] as number, 399n)).toBe(ERRNO | 400);
    expect(at(CALLS['read'] as number, 400n)).toBe(ALLOWED);
    expect(at(CALLS['write'] as number, 0n)).toBe(ALLOWED);
    expect(at(CALLS['mmap'] as number, 0n)).toBe(ERRNO | DEFAULT_ERRNO);
  });

  test('takes milliseconds and a few hundred instructions for the default profile', () => {
    const start = performance.now();
    const { status, program } = compileWords(markedDefaultRules());
    expect(status).toBe(0);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(program.length / 8).toBeLessThan(600);
  });
});

describe('rules that are refused', () => {
  test.each([
    ['', 'missing: default'],
    ['allow\0read\0', 'missing: default'],
    ['default\x0038', 'the rules are cut short: in a word'],
    ['default\x0038\0allow\0', 'the rules are cut short: at the end'],
    [
      'default\x0038\0allow-if\0read\x002\x000\0eq\x001\x000\0',
      'the rules are cut short: at the end',
    ],
    ['default\x0038\0default\x0038\0', 'given twice: default'],
    ['default\x0038\0trap\0read\0', 'unknown verb: trap'],
    ['default\x0038\0\0', 'unknown verb:'],
    ['default\x000\0', 'not an error number: 0'],
    ['default\x004096\0', 'the number is too large: 4096'],
    ['default\0-1\0', 'not a number: -1'],
    ['default\0+1\0', 'not a number: +1'],
    ['default\0 1\0', 'not a number:  1'],
    ['default\x001x\0', 'not a number: 1x'],
    ['default\x000x\0', 'not a number: 0x'],
    ['default\0\0', 'not a number:'],
    ['default\x001\0errno\0read\x001\0', 'not a number: read'],
    ['default\x001\0allow-if\0read\x007\0', 'the number is too large: 7'],
    ['default\x001\0allow-if\0read\x001\x006\0eq\x001\x000\0', 'the number is too large: 6'],
    ['default\x001\0allow-if\0read\x001\x000\0EQ\x001\x000\0', 'unknown comparison: EQ'],
    [
      'default\x001\0allow-if\0read\x001\x000\0eq\x0018446744073709551616\x000\0',
      'the number is too large: 18446744073709551616',
    ],
    [
      'default\x001\0allow-if\0read\x001\x000\0masked-eq\x003\x001\0',
      'cannot hold: masked-eq with a value that has bits outside the mask',
    ],
  ])('%j', (text, message) => {
    const refused = compileText(text);
    expect({ ...refused, message: refused.message.trimEnd() }).toEqual({
      status: 1,
      program: Buffer.alloc(0),
      message,
    });
  });

  test('too many rules, and a program too long for the kernel', () => {
    const rules = (count: number) =>
      Array.from({ length: count }, (_, index) => [
        ...['errno-if', '1', 'read', '1', '0', 'eq', String(index), '0'],
      ]).flat();
    expect(compileWords(['default', '1', ...rules(4097)])).toMatchObject({
      status: 1,
      message: 'too many rules: read',
    });
    expect(compileWords(['default', '1', ...rules(1000)])).toMatchObject({
      status: 1,
      message: 'the filter is too long for the kernel, which takes 4095 instructions',
    });
    expect(compileWords(['default', '1', ...rules(700)])).toMatchObject({ status: 0 });
  });

  test('text of any kind ends with an answer', () => {
    const words = fc.constantFrom(
      ...['default', 'allow', 'errno', 'kill', 'allow-if', 'errno-if', 'kill-if', 'read', 'eq'],
      ...['masked-eq', '0', '1', '6', '38', '0xffffffffffffffff', '', '-1', 'é'],
    );
    const text = fc.oneof(
      fc
        .array(words, { maxLength: 30 })
        .map((list) => Buffer.from(`default\0${list.join('\0')}\0`)),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(text, (input) => {
        const { status, program, message } = compileText(input);
        expect([0, 1]).toContain(status);
        expect(status === 0 ? program.length > 0 : message.length > 0).toBe(true);
      }),
      propertyRuns(200),
    );
  });
});

function compiled(words: string[]): Buffer {
  const { program, message } = compileWords(['default', String(DEFAULT_ERRNO), ...words]);
  expect(message).toBe('');
  return program;
}

function wordsOf({ verb, name, errno, comparisons }: Rule): string[] {
  const number = verb === 'errno' ? [String(errno)] : [];
  if (comparisons.length === 0) return [verb, ...number, name];
  const operands = comparisons.flatMap(({ argument, op, value, mask }) => [
    ...[String(argument), op, String(value), `0x${mask.toString(16)}`],
  ]);
  return [`${verb}-if`, ...number, name, String(comparisons.length), ...operands];
}

/** The first that holds: those with comparisons before those without, and the more severe first. */
function answerOf(rules: Rule[], number: number, args: readonly bigint[]): number {
  const about = rules.filter(({ name }) => CALLS[name] === number);
  const conditional = about.filter(({ comparisons }) => comparisons.length > 0);
  const plain = about.filter(({ comparisons }) => comparisons.length === 0);
  const tried = [...conditional.toSorted(bySeverity), ...plain.toSorted(bySeverity)];
  const decisive = tried.find(({ comparisons }) =>
    comparisons.every(({ argument, op, value, mask }) =>
      HOLDS[op]?.((args[argument] ?? 0n) & U64, value, mask),
    ),
  );
  if (decisive === undefined) return ERRNO | DEFAULT_ERRNO;
  if (decisive.verb === 'errno') return ERRNO | decisive.errno;
  return decisive.verb === 'kill' ? KILLED : ALLOWED;
}

function bySeverity(a: Rule, b: Rule): number {
  return SEVERITY[a.verb] - SEVERITY[b.verb];
}

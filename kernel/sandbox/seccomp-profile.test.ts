import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.ts';
import { OrkError } from '../types/errors.ts';
import { profileRules } from './seccomp-profile.ts';

const start = ['default', '1'];

/** Of a profile with these rules. */
function rulesOf(syscalls: unknown[], architecture: NodeJS.Architecture = 'x64'): string[] {
  const profile = { defaultAction: 'SCMP_ACT_ERRNO', syscalls };
  return profileRules(JSON.stringify(profile), architecture);
}

function refusalOf(text: string): OrkError {
  try {
    profileRules(text);
  } catch (error) {
    if (error instanceof OrkError) return error;
    throw error;
  }
  throw new Error('the profile was taken');
}

function messageFor(change: object): string {
  const whole = { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [], ...change };
  return refusalOf(JSON.stringify(whole)).message;
}

function messageForRule(change: object): string {
  return messageFor({ syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW', ...change }] });
}

describe('what a profile says', () => {
  test('the answer to the rest: EPERM, or a number of its own', () => {
    expect(rulesOf([])).toEqual(['default', '1']);
    const text = '{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"syscalls":[]}';
    expect(profileRules(text)).toEqual(['default', '38']);
  });

  test.each([
    ['SCMP_ACT_ALLOW', ['allow']],
    ['SCMP_ACT_ERRNO', ['errno', '1']],
    ['SCMP_ACT_KILL', ['kill']],
    ['SCMP_ACT_KILL_PROCESS', ['kill']],
    ['SCMP_ACT_KILL_THREAD', ['kill']],
  ])('%s, for each name', (action, words) => {
    expect(rulesOf([{ names: ['read', 'write'], action }])).toEqual([
      ...start,
      ...[...words, 'read'],
      ...[...words, 'write'],
    ]);
  });

  test('the number of an error', () => {
    const rules = rulesOf([{ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 }]);
    expect(rules).toEqual([...start, 'errno', '38', 'clone3']);
  });

  test('comparisons; the first value of a masked one is its mask', () => {
    const args = [
      { index: 0, value: 2114060288, valueTwo: 1, op: 'SCMP_CMP_NE' },
      { index: 1, value: 255, valueTwo: 8, op: 'SCMP_CMP_MASKED_EQ' },
      { index: 5, value: 0, op: 'SCMP_CMP_GT' },
    ];
    const compared = ['3', '0', 'ne', '2114060288', '0', '1', 'masked-eq', '8', '255'];
    expect(rulesOf([{ names: ['clone'], action: 'SCMP_ACT_ALLOW', args }])).toEqual([
      ...start,
      ...['allow-if', 'clone', ...compared, '5', 'gt', '0', '0'],
    ]);
    const rule = { names: ['clone'], action: 'SCMP_ACT_ERRNO', errnoRet: 2, args: args.slice(2) };
    expect(rulesOf([rule])).toEqual([
      ...start,
      ...['errno-if', '2', 'clone', '1', '5', 'gt', '0', '0'],
    ]);
  });

  test('all 64 bits of a number', () => {
    const operand = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const property = fc.property(operand, operand, (mask, value) => {
      const arg = `{"index":0,"value":${mask},"valueTwo":${value & mask},"op":"SCMP_CMP_MASKED_EQ"}`;
      const rule = `{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[${arg}]}`;
      const text = `{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[${rule}]}`;
      expect(profileRules(text).slice(-2)).toEqual([String(value & mask), String(mask)]);
    });
    fc.assert(property, propertyRuns(300));
  });

  test('rules without comparisons, in the ways that profiles have them', () => {
    for (const args of [[], null, undefined]) {
      const rules = rulesOf([{ names: ['read'], action: 'SCMP_ACT_ALLOW', args }]);
      expect(rules).toEqual([...start, 'allow', 'read']);
    }
  });
});

describe('whom a rule is for', () => {
  const rule = (conditions: object) => [
    { names: ['read'], action: 'SCMP_ACT_ALLOW', ...conditions },
  ];
  const kept = [...start, 'allow', 'read'];

  test.each([
    [{ includes: { caps: ['CAP_SYS_ADMIN'] } }, start],
    [{ includes: { caps: [] }, excludes: {} }, kept],
    [{ includes: null, excludes: null }, kept],
    [{ excludes: { caps: ['CAP_SYS_ADMIN'] } }, kept],
    [{ includes: { minKernel: '4.8' } }, kept],
    [{ excludes: { minKernel: '4.8' } }, start],
    [{ includes: { arches: ['amd64', 'x32'] } }, kept],
    [{ includes: { arches: ['arm64'] } }, start],
    [{ includes: { arches: [] } }, kept],
    [{ excludes: { arches: ['amd64'] } }, start],
    [{ excludes: { arches: ['s390x'] } }, kept],
    [{ includes: { arches: ['amd64'], caps: ['CAP_SYS_ADMIN'] } }, start],
  ])('%j', (conditions, expected) => {
    expect(rulesOf(rule(conditions))).toEqual(expected);
  });

  test('on another architecture', () => {
    expect(rulesOf(rule({ includes: { arches: ['arm64'] } }), 'arm64')).toEqual(kept);
    expect(rulesOf(rule({ includes: { arches: ['amd64'] } }), 'arm64')).toEqual(start);
  });
});

test('what says nothing that holds here is passed over', () => {
  const text = JSON.stringify({
    comment: 'as Podman writes them',
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    defaultErrno: 'ENOSYS',
    flags: [],
    architectures: ['SCMP_ARCH_X86_64'],
    archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
    syscalls: [
      {
        names: ['bdflush'],
        action: 'SCMP_ACT_ERRNO',
        args: [],
        comment: '',
        includes: {},
        excludes: {},
        errnoRet: 1,
        errno: 'EPERM',
      },
    ],
  });
  expect(profileRules(text)).toEqual(['default', '38', 'errno', '1', 'bdflush']);
});

describe('what is refused', () => {
  test('a profile that allows the rest, with a way out', () => {
    const error = refusalOf('{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}');
    expect(error.toDetails()).toEqual({
      code: 'invalid-argument',
      reason: 'sandbox.profile-invalid',
      message:
        'The seccomp profile is not valid: it allows what it does not name (defaultAction SCMP_ACT_ALLOW).',
      hint: 'name what is allowed; or use `unconfined` to have no filter',
    });
  });

  test('what is not JSON, and what is too large', () => {
    expect(refusalOf('{').reason).toBe('sandbox.profile-invalid');
    expect(refusalOf('null').message).toContain('expected object');
    expect(refusalOf(' '.repeat(1024 * 1024 + 1)).message).toBe(
      'The seccomp profile is not valid: it is larger than 1 MiB.',
    );
  });

  test.each([
    [{ defaultAction: 'SCMP_ACT_LOG' }, 'defaultAction: '],
    [{ defaultAction: 'SCMP_ACT_KILL' }, 'defaultAction: '],
    [{ defaultErrnoRet: 0 }, 'defaultErrnoRet: '],
    [{ flags: ['SECCOMP_FILTER_FLAG_LOG'] }, 'flags: '],
    [{ listenerPath: '/run/agent.sock' }, '"listenerPath"'],
    [{ syscalls: undefined }, 'syscalls: '],
  ])('%j', (change, where) => {
    expect(messageFor(change)).toContain(where);
  });

  test.each([
    [{ action: 'SCMP_ACT_NOTIFY' }, 'syscalls.0.action: '],
    [{ action: 'SCMP_ACT_TRACE' }, 'syscalls.0.action: '],
    [{ action: 'SCMP_ACT_LOG' }, 'syscalls.0.action: '],
    [{ name: 'read' }, 'syscalls.0: '],
    [{ names: ['re\0ad'] }, 'syscalls.0.names.0: '],
    [{ names: [''] }, 'syscalls.0.names.0: '],
    [{ names: 'read' }, 'syscalls.0.names: '],
    [{ errnoRet: 4096 }, 'syscalls.0.errnoRet: '],
    [{ includes: { distribution: ['debian'] } }, 'syscalls.0.includes: '],
  ])('a rule with %j', (change, where) => {
    expect(messageForRule(change)).toContain(where);
  });

  test.each([
    [{ index: 6 }, 'args.0.index: '],
    [{ value: -1 }, 'args.0.value: '],
    [{ value: 1.5 }, 'args.0.value: '],
    [{ value: '1' }, 'args.0.value: '],
    [{ op: 'SCMP_CMP_MASKED_NE' }, 'args.0.op: '],
    [{ op: 'SCMP_CMP_MASKED_EQ', value: 1, valueTwo: 3 }, 'it never holds'],
  ])('a comparison with %j', (change, where) => {
    const arg = { index: 0, value: 1, op: 'SCMP_CMP_EQ', ...change };
    expect(messageForRule({ args: [arg] })).toContain(where);
  });

  test('a comparison with more than 64 bits', () => {
    const arg = '{"index":0,"value":18446744073709551616,"op":"SCMP_CMP_EQ"}';
    const rule = `{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[${arg}]}`;
    const text = `{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[${rule}]}`;
    expect(refusalOf(text).message).toContain('args.0.value: ');
  });

  test('two comparisons of one argument: some read them as alternatives', () => {
    const arg = { index: 0, value: 1, op: 'SCMP_CMP_NE' };
    expect(messageForRule({ args: [arg, { ...arg, value: 2 }] })).toContain(
      'syscalls.0.args: two comparisons of one argument: write a rule for each',
    );
  });

  test('more rules than the helper takes', () => {
    const rule = { names: Array.from({ length: 3000 }, () => 'read'), action: 'SCMP_ACT_ALLOW' };
    expect(messageFor({ syscalls: [rule, rule] })).toBe(
      'The seccomp profile is not valid: it has 6000 rules, more than 4096.',
    );
  });
});

test('whatever the text, there are words without NUL or an OrkError', () => {
  const noise = fc.oneof(fc.string(), fc.json(), fc.json({ maxDepth: 3 }));
  const property = fc.property(noise, (text) => {
    try {
      expect(profileRules(text).some((word) => word.includes('\0'))).toBe(false);
    } catch (error) {
      expect(error).toBeInstanceOf(OrkError);
    }
  });
  fc.assert(property, propertyRuns(500));
});

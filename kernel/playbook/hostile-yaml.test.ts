import { describe, expect, it } from 'vitest';
import { playbook, validate } from '../../test/fixtures/playbooks/validating.ts';
import { loadPlaybook, MAX_PLAYBOOK_BYTES } from './load.ts';

/** `line:column reason` of each problem. */
function problemsOf(text: string): string[] {
  return loadPlaybook(text, 'p.yaml').problems.map(
    ({ reason, position }) => `${position?.line}:${position?.column} ${reason}`,
  );
}

/** The value of a text without problems. */
function parsed(text: string) {
  expect(problemsOf(text)).toEqual([]);
  return loadPlaybook(text, 'p.yaml').loaded?.value;
}

describe('size', () => {
  it('of ten megabytes is refused unread', () => {
    expect(problemsOf('['.repeat(10 * 1024 * 1024))).toEqual(['1:1 yaml.size']);
  });

  it('counts bytes, not characters', () => {
    expect(problemsOf(`# ${'ü'.repeat(MAX_PLAYBOOK_BYTES / 2)}`)).toEqual(['1:1 yaml.size']);
  });

  it('of one megabyte is read', () => {
    const text = `a: ${'x'.repeat(MAX_PLAYBOOK_BYTES - 4)}\n`;
    expect(Buffer.byteLength(text)).toBe(MAX_PLAYBOOK_BYTES);
    expect(parsed(text)).toEqual({ a: expect.stringMatching(/^x+$/) });
  });

  it('leaves room for twenty thousand keys', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join('');
    expect(Object.keys(parsed(text) ?? {})).toHaveLength(20_000);
  });
});

describe('depth', () => {
  it.each([
    ['flow', `a: ${'['.repeat(65)}${']'.repeat(65)}`],
    ['block', Array.from({ length: 66 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
    ['ten thousand flow', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['ten thousand maps', `${'{ a: '.repeat(10_000)}1${' }'.repeat(10_000)}`],
    ['ten thousand block', `${'- '.repeat(10_000)}a`],
    ['ten thousand keys', `a: ${'? '.repeat(10_000)}b`],
    ['endless flow', `a: ${'['.repeat(900_000)}`],
    ['endless block', `${'- '.repeat(500_000)}a`],
  ])('of %s levels is refused once', (_, text) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/yaml\.(?:depth|syntax)$/)]);
  });

  it('of 64 levels is read', () => {
    expect(problemsOf(`a: ${'['.repeat(63)}${']'.repeat(63)}`)).toEqual([]);
  });
});

describe('aliases', () => {
  it('that would expand to nine to the ninth values are refused once', () => {
    const level = (name: string, below: string) =>
      `${name}: &${name} [${`*${below},`.repeat(9)}]\n`;
    const names = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const bomb = names.map((name, index) => level(name, 'abcdefgh'.charAt(index))).join('');
    expect(problemsOf(`a: &a [x]\n${bomb}`)).toEqual([expect.stringContaining('yaml.alias')]);
  });

  it('of a long text that is repeated cost no memory of their own', () => {
    const text = `a: &a ${'x'.repeat(100_000)}\nb: [${'*a, '.repeat(9000)}]\n`;
    expect(parsed(text)?.['b']).toHaveLength(9000);
  });

  it('are counted all together', () => {
    const text = `a: &a [1, 2, 3]\nb: [${'*a, '.repeat(4000)}]\n`;
    expect(problemsOf(text)).toEqual([expect.stringContaining('yaml.alias')]);
  });

  it('inside their own anchor are refused', () => {
    expect(problemsOf('a: &a [*a]\n')).toEqual(['1:8 yaml.alias']);
    expect(problemsOf('a: &a { b: *a }\n')).toEqual(['1:12 yaml.alias']);
  });

  it('are no keys, and do not merge', () => {
    expect(problemsOf('a: &a b\n*a : 1\n')).toHaveLength(1);
    expect(parsed('a: &a { b: 1 }\nc: { <<: *a }\n')).toEqual({
      a: { b: 1 },
      c: { '<<': { b: 1 } },
    });
  });
});

describe('keys that reach a prototype', () => {
  it.each([
    ['__proto__: { polluted: true }\n', '1:1'],
    ['a: { "__proto__": 1 }\n', '1:6'],
    ['a: { "\\u005f_proto__": 1 }\n', '1:6'],
    ['a: [{ constructor: { prototype: { polluted: true } } }]\n', '1:7'],
    ['vars:\n  prototype: 1\n', '2:3'],
    ['? __proto__\n: 1\n', '1:3'],
  ])('are refused: %s', (text, place) => {
    expect(problemsOf(text)).toEqual([`${place} yaml.forbidden-key`]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(['toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'are not taken for fields of the language: %s',
    async (key) => {
      const { problems } = await validate(playbook({ a: `${key}: 1` }, `${key}: 1\n`));
      expect(problems.map(({ message }) => message)).toEqual([
        `unknown key '${key}'`,
        `unknown key '${key}'`,
      ]);
    },
  );

  it.each(['toString', 'valueOf', '__defineGetter__'])(
    'are names that do not exist: %s',
    async (name) => {
      const params = `process: { module: control:identity, params: { x: '{{ ${name} }}' } }`;
      const text = playbook({ a: `depends_on: [${name}], ${params}` });
      const { problems } = await validate(text);
      expect(problems.map(({ reason }) => reason)).toEqual([
        'playbook.unknown-workload',
        'playbook.unknown-name',
      ]);
    },
  );

  it.each(['toString', 'valueOf', 'hasOwnProperty'])(
    'may be the name of everything: %s',
    async (name) => {
      const text = playbook(
        {
          [name]: `register: ${name}, process: { module: control:identity, params: { ${name}: 1 } }`,
        },
        `outputs: { ${name}: '{{ ${name}.summary.${name} }}' }\n`,
      );
      const { problems, playbook: compiled } = await validate(text);
      expect(problems).toEqual([]);
      expect(compiled?.workloads[0]?.process.params).toEqual({ [name]: 1 });
    },
  );
});

it('a key with a NUL, which could pass for a path of two, is refused', () => {
  expect(problemsOf('a: { b: 1, "b\\0c": 2 }\n')).toEqual(['1:12 yaml.forbidden-key']);
});

describe('duplicate keys', () => {
  it.each([
    ['a: 1\na: 2\n', '2:1'],
    ['a: 1\n"a": 2\n', '2:1'],
    ["x: { a: 1, 'a': 2 }\n", '1:12'],
    ['1: a\n"1": b\n', '2:1'],
    ['x: [{ a: 1, a: 1 }]\n', '1:13'],
  ])('are refused however they are written: %s', (text, place) => {
    expect(problemsOf(text)).toEqual([`${place} yaml.duplicate-key`]);
  });
});

describe('white space', () => {
  it.each([
    ['a:\n\tb: 1\n', '2:1 yaml.syntax'],
    ['a:\n  - b\n\t- c\n', '3:1 yaml.syntax'],
  ])('a tab does not indent: %j', (text, expected) => {
    expect(problemsOf(text)).toContain(expected);
  });

  it('a tab inside a value or before a comment is one', () => {
    expect(parsed('a: "x\ty"\t# comment\n')).toEqual({ a: 'x\ty' });
  });

  it('a byte order mark and Windows line ends move no position', () => {
    const text = '\uFEFFa: 1\r\nb:\r\n  c: &x [\r\n    *y ]\r\n';
    expect(problemsOf(text)).toEqual(['4:5 yaml.alias']);
  });

  it('a byte order mark elsewhere is no white space', () => {
    expect(Object.keys(parsed('a: 1\n\uFEFFb: 2\n') ?? {})).toEqual(['a', '\uFEFFb']);
  });

  it.each(['\u0007', '\u001b[31m', '\u0000'])('control characters in text are data: %j', (text) => {
    expect(parsed(`a: "x${text}"\n`)).toEqual({ a: `x${text}` });
  });
});

describe('scalars', () => {
  it.each([
    ['a: !!binary aGk=\n'],
    ['a: !!set { x }\n'],
    ['a: !!timestamp 2001-01-01\n'],
    ['a: !!js/function "x"\n'],
    ['a: !!python/object/apply:os.system [ls]\n'],
  ])('have no tags but !raw: %s', (text) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/yaml\.syntax$/)]);
  });

  it('are those of YAML 1.2: no sexagesimal, no octal by a zero, no yes', () => {
    expect(parsed('a: [1:30, 010, yes, on, 2001-01-01, 0x10, 0o10, ~]\n')).toEqual({
      a: ['1:30', 10, 'yes', 'on', '2001-01-01', 16, 8, null],
    });
  });

  it.each(['.inf', '-.inf', '.nan', '1e999', '99999999999999999999'])(
    'are numbers that JSON can hold, not %s',
    (text) => {
      expect(problemsOf(`a: ${text}\n`)).toEqual(['1:4 yaml.number']);
    },
  );
});

it('ten thousand mistakes are all counted, and the first hundred kept', async () => {
  const missing = Array.from({ length: 10_000 }, (_, index) => `x${index}`);
  const { problems, counts } = await validate(
    playbook({ a: `depends_on: [${missing.join(', ')}]` }),
  );
  expect(counts).toEqual({ errors: 10_000, warnings: 0 });
  expect(problems.map(({ message }) => message)).toEqual(
    missing.slice(0, 100).map((name) => `there is no workload '${name}'`),
  );
});

it('ten thousand edges in one group of streams are looked up, not searched for', async () => {
  const names = Array.from({ length: 150 }, (_, index) => `w${index}`);
  const workloads = names.map((name, index): [string, string] => {
    const before = names.slice(0, index).join(', ');
    return [name, index === 0 ? '' : `stream_inputs: [w${index - 1}], depends_on: [${before}]`];
  });
  const { problems, counts } = await validate(playbook(Object.fromEntries(workloads)));
  expect(new Set(problems.map(({ reason }) => reason))).toEqual(
    new Set(['playbook.edge-in-group']),
  );
  expect(counts.errors).toBe((150 * 149) / 2);
});

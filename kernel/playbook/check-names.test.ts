import { describe, expect, it } from 'vitest';
import { errors, playbook } from '../../test/fixtures/playbooks/validating.ts';

const RULE = 'use letters, digits and _, starting with a letter or _';

describe('an identifier is asked for', () => {
  it.each([
    ['the name of a workload', playbook({ 'a-b': '' }), '`name`', 'a-b'],
    ['register', playbook({ a: 'register: my result' }), '`register`', 'my result'],
    [
      'loop_var',
      playbook({ a: 'loop: [1], loop_control: { loop_var: invalid-name }' }),
      '`loop_var`',
      'invalid-name',
    ],
    [
      'index_var',
      playbook({ a: 'loop: [1], loop_control: { index_var: 1st }' }),
      '`index_var`',
      '1st',
    ],
    ['a var', playbook({ a: '' }, 'vars: { "a.b": 1 }\n'), '`a.b`', 'a.b'],
    ['an input', playbook({ a: '' }, 'inputs: { é: {} }\n'), '`é`', 'é'],
  ])('as %s', async (_, text, label, name) => {
    expect(await errors(text)).toEqual([`${label}: '${name}' is not an identifier; ${RULE}`]);
  });

  it('in lower case as the name of the playbook', async () => {
    const text = playbook({ a: '' }).replace('name: p', 'name: Nightly report');
    expect(await errors(text)).toEqual([
      '`name` must be lower-case letters, digits, _ and -, starting with a letter',
    ]);
  });
});

describe('a reserved word is refused', () => {
  it.each(['_ork', 'event', 'activation', 'for', 'package', 'namespace', 'var', 'true', 'in'])(
    '%s as a name that expressions read',
    async (word) => {
      const expected = (key: string) => [`\`${key}\`: '${word}' is a reserved word`];
      expect(await errors(playbook({ a: `register: ${quote(word)}` }))).toEqual(
        expected('register'),
      );
      expect(await errors(playbook({ a: '' }, `vars: { ${quote(word)}: 1 }\n`))).toEqual(
        expected(word),
      );
      const loop = `loop: [1], loop_control: { loop_var: ${quote(word)} }`;
      expect(await errors(playbook({ a: loop }))).toEqual(expected('loop_var'));
    },
  );

  it('as the name of a workload', async () => {
    expect(await errors(playbook({ loop: '' }))).toEqual(["`name`: 'loop' is a reserved word"]);
  });

  it.each(['item', 'index', 'record', 'size', 'string', 'status'])(
    'but not %s, which is none',
    async (word) => {
      expect(await errors(playbook({ [word]: `register: ${word}` }))).toEqual([]);
    },
  );
});

function quote(word: string): string {
  return JSON.stringify(word);
}

describe('two of one name are refused', () => {
  const head = 'inputs: { i: {} }\nvars: { v: 1 }\n';

  it('as workloads', async () => {
    const text = playbook({ a: '', b: '' }).replace('name: b', 'name: a');
    expect(await errors(text)).toEqual(["there are two workloads named 'a'"]);
  });

  it('as var and input', async () => {
    const text = playbook({ a: '' }, 'inputs: { x: {} }\nvars: { x: 1 }\n');
    expect(await errors(text)).toEqual(["'x' is already the name of an input"]);
  });

  it.each([
    ['an input', { a: 'register: i' }, "'i' is already the name of an input"],
    ['a var', { a: 'register: v' }, "'v' is already the name of a var"],
    ['another result', { a: 'register: r', b: 'register: r' }, "'r' is already registered by 'a'"],
    ['a workload', { a: 'register: b', b: '' }, "'b' is already the name of another workload"],
  ])('as result and %s', async (_, workloads, expected) => {
    expect(await errors(playbook(workloads, head))).toEqual([expected]);
  });

  it.each([
    ['an input', 'i', 'the name of an input'],
    ['a var', 'v', 'the name of a var'],
    ['a result', 'r', "registered by 'b'"],
  ])('as loop variable and %s', async (_, name, what) => {
    const loop = `loop: [1], loop_control: { loop_var: ${name} }`;
    expect(await errors(playbook({ a: loop, b: 'register: r' }, head))).toEqual([
      `'${name}' is already ${what} (choose another with loop_control: { loop_var: …, index_var: … })`,
    ]);
  });

  it('as item and index of one loop', async () => {
    const loop = 'loop: [1], loop_control: { loop_var: x, index_var: x }';
    expect(await errors(playbook({ a: loop }))).toEqual([
      expect.stringContaining("'x' is already the name of the item"),
    ]);
  });

  it('even when the loop variable is not written', async () => {
    expect(await errors(playbook({ a: 'loop: [1]' }, 'vars: { item: 1 }\n'))).toEqual([
      expect.stringContaining("'item' is already the name of a var"),
    ]);
  });

  it('but a workload may register its own name, and loops share a variable', async () => {
    const text = playbook({ a: 'register: a, loop: [1]', b: 'loop: [2]' });
    expect(await errors(text)).toEqual([]);
  });
});

describe('depends_on', () => {
  it('names workloads that exist', async () => {
    expect(await errors(playbook({ first: '', b: 'depends_on: [frist]' }))).toEqual([
      "there is no workload 'frist' (did you mean 'first'?)",
    ]);
  });

  it('names workloads, not what they register', async () => {
    expect(await errors(playbook({ a: 'register: result', b: 'depends_on: [result]' }))).toEqual([
      "there is no workload 'result'",
    ]);
  });

  it('does not name the workload itself', async () => {
    expect(await errors(playbook({ a: 'depends_on: [a]' }))).toEqual([
      "'a' cannot wait for itself",
    ]);
  });

  it('may name a workload twice', async () => {
    expect(await errors(playbook({ a: '', b: 'depends_on: [a, a]' }))).toEqual([]);
  });

  it('has no templates', async () => {
    expect(await errors(playbook({ a: '', b: "depends_on: ['{{ a }}']" }))).toEqual([
      "there is no workload '{{ a }}'",
    ]);
  });
});

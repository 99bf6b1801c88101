import { describe, expect, it } from 'vitest';
import { playbook, validate } from '../../test/fixtures/playbooks/validating.ts';

describe('streams', () => {
  const producer = 'data:generate_from_list, params: { items: [] }';

  function streams(first: string, second: string, input: string): string {
    return playbook({ a: '', b: `stream_inputs: [${input}]` })
      .replace('control:identity', first)
      .replace('control:identity', second);
  }

  it.each([
    [producer, 'data:collect', 'a', []],
    [producer, 'data:collect', 'x', ["there is no workload 'x'"]],
    [
      'test:assert, params: { that: true }',
      'data:collect',
      'a',
      ["'a' is test:assert, which does not produce a stream"],
    ],
    ['data:map', 'data:collect', 'a.dead_letter', []],
    [
      'data:map',
      'data:collect',
      'a.dead_leter',
      ["data:map has no port 'dead_leter' (did you mean 'dead_letter'?)"],
    ],
    [producer, 'test:assert, params: { that: true }', 'a', ['test:assert does not take a stream']],
    ['exec, params: { stream: lines }', 'data:collect', 'a', []],
    [
      'exec, params: { shell: ls }',
      'data:collect',
      'a',
      ["'a' produces no stream: its param `stream` is 'none' (set it, e.g. stream: lines)"],
    ],
    [producer, 'data:collect', 'a, a', ["'a' is listed twice"]],
  ])('from %s into %s as %s', async (first, second, input, expected) => {
    const { problems } = await validate(streams(first, second, input));
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(
      errors.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)),
    ).toEqual(expected);
  });

  it('that a consumer lacks are warned of', async () => {
    const text = playbook({ a: '' }).replace('control:identity', 'data:collect');
    expect((await validate(text)).problems).toMatchObject([{ reason: 'stream.missing' }]);
  });

  it.each([
    ['a', 1],
    ['a, a.dead_letter', 0],
  ])('of rejected records that nobody reads are warned of: %s', async (inputs, count) => {
    const text = streams('data:map, params: { on_error: dead_letter }', 'data:collect', inputs);
    const warnings = (await validate(text)).problems.filter(
      ({ severity }) => severity === 'warning',
    );
    expect(warnings).toHaveLength(count);
  });

  it('that nobody reads are warned of', async () => {
    const text = playbook({ a: '' }).replace('control:identity', producer);
    const { problems, playbook: compiled } = await validate(text);
    expect(problems).toMatchObject([{ severity: 'warning', reason: 'stream.unread' }]);
    expect(compiled).toBeDefined();
  });

  it.each([
    ['shell: ls', 0],
    ['shell: ls, stream: lines', 1],
  ])(
    'of a module that streams on demand are warned of only when asked for: %s',
    async (params, count) => {
      const text = playbook({ a: '' }).replace('control:identity', `exec, params: { ${params} }`);
      expect((await validate(text)).problems).toHaveLength(count);
    },
  );
});

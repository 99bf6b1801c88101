import { describe, expect, it } from 'vitest';
import { errors, messages, playbook } from '../../test/fixtures/playbooks/validating.ts';

function declaring(input: string): string {
  return playbook({ a: '' }, `inputs: { x: ${input} }\n`);
}

describe('the default of an input', () => {
  it.each([
    '{}',
    '{ type: string, default: text }',
    '{ type: number, default: 1.5 }',
    '{ type: integer, default: 3 }',
    '{ type: boolean, default: false }',
    '{ type: list, default: [] }',
    '{ type: map, default: {} }',
    '{ type: any, default: null }',
    '{ default: [1] }',
    '{ type: string, description: It has none. }',
  ])('is of its type: %s', async (input) => {
    expect(await messages(declaring(input))).toEqual([]);
  });

  it.each([
    ['{ type: string, default: 1 }', 'a string, not number'],
    ['{ type: string, default: null }', 'a string, not null'],
    ['{ type: number, default: "1" }', 'a number, not string'],
    ['{ type: integer, default: 1.5 }', 'an integer, not number'],
    ['{ type: boolean, default: "yes" }', 'a boolean, not string'],
    ['{ type: list, default: {} }', 'a list, not map'],
    ['{ type: map, default: [] }', 'a map, not list'],
  ])('is not of another: %s', async (input, expected) => {
    expect(await errors(declaring(input))).toEqual([`the default of 'x' must be ${expected}`]);
  });

  it('is compared only with a type that exists', async () => {
    expect(await errors(declaring('{ type: text, default: 1 }'))).toEqual([
      '`type` must be one of string, number, integer, boolean, list, map, any',
    ]);
  });
});

describe('a template is warned of, since it is not rendered,', () => {
  const hint = 'tag the string with !raw if the braces are meant as text';

  it.each([
    ['vars', 'vars: { v: [{ w: "{{ x }}" }] }\n', `vars are data and not rendered (${hint})`],
    [
      'defaults of inputs',
      'inputs: { v: { default: "{{ x }}" } }\n',
      `the default of an input is data and not rendered (${hint})`,
    ],
  ])('in %s', async (_, head, expected) => {
    expect(await messages(playbook({ a: '' }, head))).toEqual([expected]);
  });

  it('unless it is tagged !raw', async () => {
    expect(await messages(playbook({ a: '' }, 'vars: { v: !raw "{{ x }}" }\n'))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  messages,
  playbook,
  validate,
  withParams,
} from '../../test/fixtures/playbooks/validating.ts';

describe('modules', () => {
  it.each([
    [
      'control:identiti',
      '{}',
      "there is no module 'control:identiti' (did you mean 'control:identity'?)",
    ],
    ['control:assert', '{}', "the module 'control:assert' is now 'test:assert'"],
    ['stream:join', '{}', "the module 'stream:join' is now 'data:join'"],
    ['test:assert', '{}', 'test:assert: params.that is required'],
    ['test:assert', '{ that: yes }', 'test:assert: params.that: expected boolean, got string'],
    [
      'test:assert',
      '{ that: true, what: 1 }',
      "test:assert: unknown param 'what' (did you mean 'that'?)",
    ],
    ['data:filter', '{ where: "(record.a" }', 'the expression ends too early'],
    [
      'data:filter',
      '{ where: "upperr(record.a)" }',
      "unknown function 'upperr' (did you mean 'upper'?)",
    ],
  ])('%s with %s', async (module, params, expected) => {
    expect(await messages(withParams(module, params))).toEqual([expected]);
  });

  it('do not check the type of what a template will yield', async () => {
    const text = withParams('test:assert', "{ that: '{{ v == 1 }}' }", 'vars: { v: 1 }\n');
    expect(await messages(text)).toEqual([]);
  });

  it.each([
    ['data:map', "{ fields: { a: '{{ v }}' } }"],
    ['data:map', "{ fields: '{{ v }}' }"],
    ['data:filter', "{ where: 'record.a == {{ v }}' }"],
  ])('%s never has its expressions templated: %s', async (module, params) => {
    const { problems } = await validate(withParams(module, params, 'vars: { v: 1 }\n'));
    expect(problems).toMatchObject([{ severity: 'error', reason: 'expression.template' }]);
  });

  it('warn of names that an expression cannot see', async () => {
    const text = withParams('data:filter', "{ where: 'record.a > least' }", 'vars: { least: 1 }\n');
    const { problems } = await validate(text);
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        hint: 'pass it as bind: { least: "{{ .least }}" } and read bind.least',
      },
    ]);
  });

  it('warn of results that become part of a program', async () => {
    const text = playbook({ a: 'register: r', w: '' }).replace(
      /(name: w.*)control:identity/,
      "$1exec, params: { shell: 'echo {{ r.summary.x }}' }",
    );
    const { problems } = await validate(text);
    expect(problems.map(({ reason }) => reason)).toContain('playbook.code-injection');
  });
});

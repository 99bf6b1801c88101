import { describe, expect, it } from 'vitest';
import {
  errors,
  playbook,
  validate,
  withParams,
} from '../../test/fixtures/playbooks/validating.ts';

const VARS = 'vars: { least: 1 }\n';

describe('an expression param', () => {
  it('is CEL over the record and bind', async () => {
    const params = '{ where: "record.a > bind.least", bind: { least: "{{ least }}" } }';
    const { problems } = await validate(withParams('data:filter', params, VARS));
    expect(problems).toEqual([]);
  });

  it.each([
    ['(record.a', "'(' has no matching ')'"],
    ['record.a >', "unexpected '>' in `record.a >`"],
    ['upperr(record.a)', "unknown function 'upperr' (did you mean 'upper'?)"],
    ['upper()', '`upper` takes 1 argument, and gets 0'],
    ['record.a.trim(1)', '`trim` takes 0 arguments, and gets 1'],
    [
      'format_time(record.a, record.b, record.c, 1)',
      '`format_time` takes 1 to 3 arguments, and gets 4',
    ],
    ['record.a = 1', "unexpected '=' in `record.a = 1` (values are compared with ==)"],
    ['record.a and record.b', "unexpected 'and' in `record.a and record.b` (both is written &&)"],
    ['has(record)', '`has` asks for a field of something: has(x.field)'],
  ])('is parsed: %s', async (where, expected) => {
    expect(await errors(withParams('data:filter', `{ where: "${where}" }`))).toEqual([expected]);
  });

  it.each([
    ['data:map', "{ fields: { a: '{{ least }}' } }"],
    ['data:map', "{ fields: '{{ least }}' }"],
    ['data:map', "{ fields: { a: 'record.x + {{ least }}' } }"],
    ['data:filter', "{ where: 'record.a == {{ least }}' }"],
    ['stream:pipeline', "{ steps: [{ module: data:filter, params: { where: '{{ least }}' } }] }"],
  ])('is never templated: %s %s', async (module, params) => {
    const { problems } = await validate(withParams(module, params, VARS));
    expect(problems).toMatchObject([
      {
        severity: 'error',
        reason: 'expression.template',
        message: 'this param is an expression of its own and is never templated',
        hint: 'pass values by bind: { name: "{{ … }}" } and read them as bind.name',
      },
    ]);
  });

  it('is parsed in the steps of a pipeline too, at its place', async () => {
    const steps = '{ steps: [{ module: data:filter, params: { where: "recrd(record.a)" } }] }';
    const { problems } = await validate(withParams('stream:pipeline', steps));
    expect(problems).toMatchObject([
      { message: "unknown function 'recrd'", position: { line: 4, length: 'recrd'.length } },
    ]);
  });

  it.each([
    ['a var', 'vars: { least: 1 }\n', 'least'],
    ['an input', 'inputs: { least: {} }\n', 'least'],
  ])('is warned of when it names %s', async (_, head, name) => {
    const text = withParams('data:filter', `{ where: 'record.a > ${name}' }`, head);
    const { problems } = await validate(text);
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        message: `'${name}' is not known where this expression is evaluated`,
        hint: `pass it as bind: { ${name}: "{{ .${name}} }" } and read bind.${name}`.replace(
          '} }',
          ' }}',
        ),
      },
    ]);
  });

  it('is warned of when it names a result', async () => {
    const text = playbook({
      a: 'register: r',
      b: "process: { module: data:filter, params: { where: 'record.a > r.summary.x' } }",
    });
    const { problems } = await validate(text);
    expect(problems.map(({ reason }) => reason)).toEqual(['expression.foreign-name']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../types/json.ts';
import { literalTemplate } from './scanner.ts';
import type { Scope } from './scope.ts';
import { compileTemplate, compileValue, inspectTemplate, renderValue } from './template.ts';

function scope(names: JsonObject = {}): Scope {
  return {
    names,
    env: () => undefined,
    secret: () => undefined,
    now: () => new Date(0),
    uuid: () => 'u',
  };
}

async function render(text: string, names: JsonObject = {}): Promise<Json> {
  return (await compileTemplate(text)).render(scope(names));
}

describe('a template', () => {
  it.each<[string, Json]>([
    ['{{ n }}', 5],
    ['{{ list }}', [1, { a: 2 }]],
    ['{{ flag }}', true],
    ['{{ nothing }}', null],
    ['n={{ n }}', 'n=5'],
    ['{{ n }} ', '5 '],
    ['{{ list }}!', '[1,{"a":2}]!'],
    ['{{ s }}{{ flag }}{{ nothing }}', 'xtruenull'],
    ['{{ 10 }}/{{ 2.0 }}', '10/2'],
    ["{{ '{{.ID}}' }}", '{{.ID}}'],
    ["{{ n // it's a comment }}!", '5!'],
    ['plain', 'plain'],
  ])('%s renders to %j', async (text, expected) => {
    const names = { n: 5, list: [1, { a: 2 }], flag: true, nothing: null, s: 'x' };
    expect(await render(text, names)).toEqual(expected);
  });

  it('never renders what an expression yielded', async () => {
    expect(await render('{{ s }}', { s: '{{ n }}' })).toBe('{{ n }}');
    expect(await render('a {{ s }}', { s: '{{ n }}' })).toBe('a {{ n }}');
  });

  it('tells where in the whole text a mistake is', async () => {
    await expect(compileTemplate('ab {{ a + }}')).rejects.toMatchObject({
      reason: 'expression.syntax',
      offset: 8,
      expression: 'ab {{ a + }}',
    });
  });

  it('yields at most one mebibyte of text', async () => {
    const template = await compileTemplate('{{ s }} {{ s }}');
    await expect(template.render(scope({ s: 'x'.repeat(600_000) }))).rejects.toMatchObject({
      code: 'resource-exhausted',
      reason: 'expression.too-large',
    });
  });

  it('may be rendered again in another scope', async () => {
    const template = await compileTemplate('{{ n + 1 }}');
    expect(await template.render(scope({ n: 1 }))).toBe(2);
    expect(await template.render(scope({ n: 2 }))).toBe(3);
    await expect(template.render(scope())).rejects.toThrow("'n' does not exist");
  });

  const fragments = fc
    .array(
      fc.oneof(
        fc.constantFrom('{{', '}}', '{', '}', '"', "'", '\\', '\n', 'a', 'é', '😀', ' ', '\ud83d'),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
    )
    .map((parts) => parts.join(''));

  it('renders literal text to itself', async () => {
    const text = fragments.filter((value) => !value.includes('{{'));
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        expect(await render(value)).toBe(value);
      }),
    );
  });

  it('made from a raw string renders to that string', async () => {
    await fc.assert(
      fc.asyncProperty(fragments, async (value) => {
        expect(await render(literalTemplate(value))).toBe(value);
      }),
    );
  });

  it('puts values between texts as they are', async () => {
    const text = fragments.filter((value) => !value.includes('{'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, fragments)), text, async (pairs, last) => {
        const names = Object.fromEntries(pairs.map(([, value], index) => [`v${index}`, value]));
        const source = pairs.map(([before], index) => `${before}{{ v${index} }}`).join('') + last;
        const expected = pairs.map(([before, value]) => before + value).join('') + last;
        expect(await render(source, names)).toBe(expected);
      }),
    );
  });

  it('yields JSON data of any shape unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await render('{{ v }}', { v: value as Json })).toEqual(value);
        expect(await render('{{ [v][0] }}', { v: value as Json })).toEqual(value);
      }),
    );
  });
});

describe('a value', () => {
  it('is rendered deep, its keys and scalars left alone', async () => {
    const value = { '{{ n }}': ['{{ n }}', { a: 'n={{ n }}' }, 1, null, true] };
    expect(await renderValue(value, scope({ n: 5 }))).toEqual({
      '{{ n }}': [5, { a: 'n=5' }, 1, null, true],
    });
  });

  it('without templates is returned as it is', async () => {
    const value = { a: ['b', 1] };
    expect(await renderValue(value, scope())).toBe(value);
    expect((await compileValue(value)).literal).toBe(true);
  });

  it('keeps a __proto__ key as data', async () => {
    const value = JSON.parse('{"__proto__": "{{ 1 }}"}');
    const rendered = await renderValue(value, scope());
    expect(JSON.stringify(rendered)).toBe('{"__proto__":1}');
  });
});

describe('inspectTemplate', () => {
  it('collects all mistakes with their offsets', async () => {
    const { errors, references } = await inspectTemplate('{{ a + }} {{ b }} {{ ) }}');
    expect(errors.map(({ offset }) => offset)).toEqual([5, 21]);
    expect(references).toMatchObject([{ path: ['b'], offsets: [13] }]);
  });

  it('collects the literal names of secrets', async () => {
    const { secrets } = await inspectTemplate("{{ secret 'A' }}{{ secret(b) }}{{ secret('A') }}");
    expect(secrets).toEqual(['A']);
  });

  it('tells a template that yields any type from text', async () => {
    expect((await inspectTemplate('{{ a }}')).typed).toBe(true);
    expect((await inspectTemplate('{{ a }}!')).typed).toBe(false);
  });
});

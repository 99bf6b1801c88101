import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from './cel.ts';
import { literalTemplate, scanTemplate } from './scanner.ts';
import type { Host } from './scope.ts';

const NO_HOST: Host = {
  env: () => undefined,
  secret: () => undefined,
  now: () => new Date(0),
  uuid: () => '',
};

function expressionsOf(text: string): string[] {
  return scanTemplate(text)
    .filter(({ kind }) => kind === 'expression')
    .map(({ source }) => source);
}

describe('scanTemplate', () => {
  it('splits text and expressions', () => {
    expect(scanTemplate('a {{ b }} c')).toEqual([
      { kind: 'text', source: 'a ', offset: 0 },
      { kind: 'expression', source: ' b ', offset: 4 },
      { kind: 'text', source: ' c', offset: 9 },
    ]);
  });

  it.each([
    ["{{ '}}' }}", " '}}' "],
    ['{{ "}}" }}', ' "}}" '],
    ['{{ "\\"}}" }}', ' "\\"}}" '],
    ["{{ '''a'}}''' }}", " '''a'}}''' "],
    ["{{ r'\\' }}", " r'\\' "],
    ["{{ br'\\' }}", " br'\\' "],
    ["{{ {'a': {'b': 1}} }}", " {'a': {'b': 1}} "],
    ["{{ {'a': 1}}}", " {'a': 1}"],
    ["{{ a // it's }}", " a // it's "],
  ])('ends %s at the right braces', (text, expression) => {
    expect(expressionsOf(text)).toEqual([expression]);
  });

  it('does not take the end of a name for a raw prefix', () => {
    expect(expressionsOf("{{ bar'\\'}}' }}")).toEqual([" bar'\\'}}' "]);
  });

  it('leaves braces that close nothing in the text', () => {
    expect(scanTemplate('a }} { b')).toEqual([{ kind: 'text', source: 'a }} { b', offset: 0 }]);
  });

  it('says where an expression without end starts', () => {
    expect(() => scanTemplate('ab {{ c')).toThrow(
      expect.objectContaining({ reason: 'expression.syntax', offset: 3 }),
    );
  });

  it('says where a string without end starts', () => {
    expect(() => scanTemplate("{{ 'c }}")).toThrow(
      expect.objectContaining({ message: 'this string has no closing quote', offset: 3 }),
    );
  });

  it('loses no character of a template', () => {
    const part = fc.oneof(
      fc.string().filter((text) => !text.includes('{')),
      fc.constantFrom("{{ '}}' }}", '{{ a.b }}', "{{ {'x': 1} }}"),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join('');
        const joined = scanTemplate(text)
          .map(({ kind, source }) => (kind === 'text' ? source : `{{${source}}}`))
          .join('');
        expect(joined).toBe(text);
      }),
    );
  });
});

describe('a string of CEL', () => {
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom('{{', '}}', '{', '}', '"', "'", '\\', '\n', '//', 'r', 'b', '`', '\ud800'),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
    )
    .map((parts) => parts.join(''));
  const escaped = (value: string, quote: string) =>
    value
      .replace(/[\\\n\r]/g, (unit) => ({ '\n': '\\n', '\r': '\\r' })[unit] ?? '\\\\')
      .replaceAll(quote, `\\${quote}`);
  const literal = fc.oneof(
    text.map((value) => ({ value, source: `'${escaped(value, "'")}'` })),
    text.map((value) => ({ value, source: `"${escaped(value, '"')}"` })),
    text.map((value) => ({ value, source: `'''${escaped(value, "'")}'''` })),
    text.map((value) => ({ value, source: `"""${escaped(value, '"')}"""` })),
    text
      .map((value) => value.replace(/["'\\\n\r]/g, ''))
      .map((value) => ({ value, source: `r'${value}\\'` }))
      .map(({ value, source }) => ({ value: `${value}\\`, source })),
  );

  it('ends for the scanner where it ends for CEL, whatever it holds', () => {
    fc.assert(
      fc.property(literal, fc.constantFrom('', ' ', '\n'), ({ value, source }, space) => {
        const template = `{{${space}${source}${space}}}`;
        expect(scanTemplate(template)).toEqual([
          { kind: 'expression', source: `${space}${source}${space}`, offset: 2 },
        ]);
        expect(compileExpression(source).evaluate({}, NO_HOST)).toBe(value);
      }),
      { numRuns: 500 },
    );
  });
});

describe('literalTemplate', () => {
  it('leaves text without braces alone', () => {
    expect(literalTemplate('a "b"')).toBe('a "b"');
  });

  it('wraps text with braces in one expression', () => {
    expect(literalTemplate('{{.ID}}')).toBe('{{ "{{.ID}}" }}');
  });
});

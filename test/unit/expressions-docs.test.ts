import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileExpression } from '../../kernel/expressions/cel.ts';
import { FUNCTION_NAMES, METHOD_NAMES } from '../../kernel/expressions/function-table.ts';
import type { Scope } from '../../kernel/expressions/scope.ts';
import { renderValue } from '../../kernel/expressions/template.ts';
import type { JsonObject } from '../../kernel/types/json.ts';
import { checkout } from '../support/ork.ts';

const page = readFileSync(path.join(checkout, 'docs/expressions.md'), 'utf8');
const names = JSON.parse(/^```json\n(.*?)^```$/ms.exec(page)?.[1] ?? '') as JsonObject;
const scope: Scope = {
  names,
  env: () => undefined,
  secret: (name) => (name === 'API_KEY' ? 'k-1234' : undefined),
  now: () => new Date('2026-01-31T23:30:00Z'),
  uuid: () => '2b1c9f4e-0000-4000-8000-000000000000',
};

/** The rows of all tables that have these columns, as their cells' code. */
function rowsOf(first: string, second: string): [string, string][] {
  return page
    .split('\n\n')
    .filter((block) => new RegExp(`^\\|.* ${first} +\\| ${second} +\\|\\n`).test(block))
    .flatMap((table) => table.trimEnd().split('\n').slice(2))
    .map(
      (row) =>
        row
          .split(/(?<!\\)\|/)
          .slice(-3, -1)
          .map(codeOf) as [string, string],
    );
}

function codeOf(cell: string): string {
  return /`(.*)`/.exec(cell)?.[1]?.replaceAll('\\|', '|') ?? '';
}

describe('the examples of docs/expressions.md', () => {
  test.each(rowsOf('template', 'yields'))('the template %s yields %s', async (text, expected) => {
    expect(await renderValue(text, scope)).toEqual(JSON.parse(expected));
  });

  test.each([...rowsOf('expression', 'yields'), ...rowsOf('example', 'yields')])(
    '%s yields %s',
    (source, expected) => {
      expect(compileExpression(source).evaluate(names, scope)).toEqual(JSON.parse(expected));
    },
  );

  test('are found', () => {
    expect(rowsOf('template', 'yields').length).toBeGreaterThan(10);
    expect(rowsOf('expression', 'yields').length).toBeGreaterThan(20);
    expect(rowsOf('example', 'yields').length).toBeGreaterThan(40);
  });
});

const directives = Array.from(
  page.matchAll(/^\| ((?:`%.+?` ?)+) +\| .+? +\| `(.+)` +\|$/gm),
  ([, cell = '', written = '']) => [cell.replaceAll('`', '').trim(), written] as const,
);

test.each(directives)('%s are written as %s', (format, written) => {
  const source = `format_time('2026-01-31T23:30:05.25Z', '${format}')`;
  expect(compileExpression(source).evaluate({}, scope)).toBe(written);
});

test('every directive is described', () => {
  const [, known = ''] = failureOf("format_time('2026-01-31T23:30:05Z', '%!')").split('there are ');
  const described = directives.flatMap(([format]) => format.split(' '));
  expect(described.sort()).toEqual(
    known
      .replace(/ in `.*/, '')
      .split(' ')
      .sort(),
  );
});

function failureOf(source: string): string {
  try {
    return String(compileExpression(source).evaluate({}, scope));
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

test('every function and method is described', () => {
  const described = new Set(
    Array.from(page.matchAll(/`\.?([a-zA-Z_]\w*)(?:\(.*?\))?`/g), ([, name = '']) => name),
  );
  expect([...FUNCTION_NAMES, ...METHOD_NAMES].filter((name) => !described.has(name))).toEqual([]);
});

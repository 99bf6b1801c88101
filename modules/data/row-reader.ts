import { type Json, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import { CsvReader } from './csv-reader.ts';
import { BAD_HEADER, malformed } from './malformed.ts';

export const LINE_FORMATS = ['csv', 'ndjson', 'regex', 'text_lines', 'tsv'] as const;
export type LineFormat = (typeof LINE_FORMATS)[number];

export interface RowOptions {
  format: LineFormat;
  /** CSV and TSV: whether the first row names the columns. */
  header?: boolean | undefined;
  columns?: readonly string[] | undefined;
  delimiter?: string | undefined;
  pattern?: string | undefined;
  flags?: string | undefined;
}

/** Turns lines into values, one after the other. Throws for a bad row, and can go on after it. */
export interface RowReader {
  /** The values that a line (without its line feed) completes. */
  push(line: string): Json[];
  /** Throws when something was left open. */
  end(): void;
}

export function createRowReader(options: RowOptions): RowReader {
  const { format, delimiter = ',' } = options;
  switch (format) {
    case 'text_lines':
      return everyLine((line) => [line]);
    case 'ndjson':
      return everyLine((line) => (line.trim() === '' ? [] : [parseJson(line)]));
    case 'regex':
      return createMatcher(options);
    case 'tsv':
      return createTable(options, {
        push: (line) => (withoutReturn(line) === '' ? undefined : withoutReturn(line).split('\t')),
        end: () => undefined,
      });
    case 'csv':
      return createTable(options, new CsvReader(delimiter));
  }
}

/** Deeper text would run out of the engine's stack, which ends the module and not the record. */
const MAX_DEPTH = 500;

export function parseJson(text: string): Json {
  refuseDepth(text);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw malformed(`Not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refuseDepth(text: string): void {
  // Counting is native and quick; few texts have that many brackets at all.
  if (text.split('[').length + text.split('{').length - 2 <= MAX_DEPTH) return;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_DEPTH) throw malformed(`Not JSON: nested more than ${MAX_DEPTH} deep`);
  }
}

/** Where the string that starts at `start` has its closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function everyLine(read: (line: string) => Json[]): RowReader {
  return { push: (line) => read(withoutReturn(line)), end: () => {} };
}

interface CellReader {
  push(line: string): string[] | undefined;
  end(): undefined;
}

/** Rows of cells as objects of text. */
function createTable({ header = true, columns }: RowOptions, cells: CellReader): RowReader {
  let names = columns;
  let isHeading = header;
  const toValues = (row: string[] | undefined): Json[] => {
    if (row === undefined) return [];
    if (isHeading) {
      isHeading = false;
      names ??= checkHeading(row);
      return [];
    }
    names ??= row.map((_, index) => `column_${index + 1}`);
    return [toObject(names, row)];
  };
  return {
    push: (line) => toValues(isHeading ? ofHeading(() => cells.push(line)) : cells.push(line)),
    end: () => (isHeading ? ofHeading(() => cells.end()) : cells.end()),
  };
}

/** Without its heading no row can be read: that is not the fault of one record. */
function ofHeading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OrkError)) throw error;
    throw new OrkError('invalid-argument', `The heading cannot be read: ${error.message}.`, {
      reason: BAD_HEADER,
    });
  }
}

function checkHeading(names: string[]): string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const fault = names.includes('') ? 'has a column without a name' : `names '${twice}' twice`;
  if (twice === undefined && !names.includes('')) return names;
  throw new OrkError('invalid-argument', `The heading ${fault}.`, {
    reason: BAD_HEADER,
    hint: 'Name the columns with `columns`; if the first row is data, set `header: false`.',
  });
}

function toObject(names: readonly string[], cells: readonly string[]): JsonObject {
  if (cells.length !== names.length) {
    throw malformed(`The row has ${cells.length} cells, not ${names.length}`);
  }
  return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
}

/** The engine tries every way to match: on a long line a careless pattern could take for ever. */
const MAX_MATCHED = 16 * 1024;

function createMatcher({ pattern = '', flags = '' }: RowOptions): RowReader {
  const expression = compilePattern(pattern, flags);
  return everyLine((line) => {
    if (line.length > MAX_MATCHED) {
      throw malformed(`The line is longer than ${MAX_MATCHED} characters`, 'data.line-too-long');
    }
    const match = expression.exec(line);
    if (match === null) throw malformed('The pattern does not match', 'data.no-match');
    const groups = Object.entries(match.groups ?? {});
    return [Object.fromEntries(groups.map(([name, value]) => [name, value ?? null])) as JsonObject];
  });
}

function compilePattern(pattern: string, flags: string): RegExp {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, flags);
  } catch (error) {
    throw badPattern(error instanceof Error ? error.message : String(error));
  }
  if (/\(\?<[^=!]/.test(pattern)) return expression;
  throw badPattern('it has no named group');
}

function badPattern(why: string): OrkError {
  return new OrkError('invalid-argument', `\`pattern\` cannot be used: ${why}.`, {
    reason: 'data.bad-pattern',
    hint: 'Write a JavaScript regular expression whose groups name the fields: (?<user>\\w+).',
  });
}

import { stringify } from 'yaml';
import { type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import { type Column, type ColumnParam, cellsOf, resolveColumns } from './columns.ts';
import { csvLine } from './csv.ts';
import { fieldAt } from './field-path.ts';
import { markdownRow, markdownRule } from './markdown.ts';

export const OUTPUT_FORMATS = [
  'csv',
  'json',
  'markdown',
  'ndjson',
  'text_lines',
  'tsv',
  'yaml',
] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface TableOptions {
  format: OutputFormat;
  columns?: readonly ColumnParam[] | undefined;
  /** A heading above a Markdown table. */
  title?: string | undefined;
  /** The line of names in CSV. */
  header: boolean;
  delimiter: string;
}

/** Turns records into the lines of a text, one after the other. */
export class TableWriter {
  readonly #options: TableOptions;
  #columns: Column[] | undefined;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** The lines that `record` adds; the first one brings the heading. */
  add(record: JsonObject): string[] {
    if (this.#columns !== undefined) return this.#lines(record, this.#columns);
    const columns = resolveColumns(this.#options.columns, record);
    this.#columns = columns;
    return [...this.#heading(columns), ...this.#lines(record, columns)];
  }

  /** What a text without any record still has: its heading. */
  end(): string[] {
    if (this.#columns !== undefined) return [];
    return this.#heading(resolveColumns(this.#options.columns, undefined));
  }

  #heading(columns: readonly Column[]): string[] {
    const { format, title, header, delimiter } = this.#options;
    const titles = columns.map((column) => column.title);
    const hasNames = header && titles.length > 0;
    if (format === 'csv') return hasNames ? [csvLine(titles, delimiter)] : [];
    if (format === 'tsv') return hasNames ? [tsvLine(titles)] : [];
    if (format !== 'markdown') return [];
    const above = title === undefined ? [] : [`# ${title.replace(/[\r\n]+/g, ' ')}`, ''];
    if (titles.length === 0) return above;
    return [...above, markdownRow(titles), markdownRule(titles.length)];
  }

  #lines(record: JsonObject, columns: readonly Column[]): string[] {
    const { format, delimiter } = this.#options;
    switch (format) {
      case 'csv':
        return [csvLine(cellsOf(record, columns), delimiter)];
      case 'tsv':
        return [tsvLine(cellsOf(record, columns))];
      case 'markdown':
        return [markdownRow(cellsOf(record, columns))];
      case 'text_lines':
        return cellsOf(record, columns);
      case 'yaml':
        return stringify([this.#selected(record, columns)])
          .trimEnd()
          .split('\n');
      default:
        return [JSON.stringify(this.#selected(record, columns))];
    }
  }

  #selected(record: JsonObject, columns: readonly Column[]): JsonObject {
    return this.#options.columns === undefined ? record : select(record, columns);
  }
}

/** TSV has no quotes: a tab or a line end within a cell could not be told from one between cells. */
function tsvLine(cells: readonly string[]): string {
  const unfit = cells.find((cell) => /[\t\r\n]/.test(cell));
  if (unfit === undefined) return cells.join('\t');
  throw new OrkError(
    'invalid-argument',
    `TSV cannot hold ${JSON.stringify(unfit).slice(0, 100)}.`,
    {
      reason: 'data.unfit-value',
      hint: 'Use `format: csv`, or replace tabs and line ends with data:map before.',
    },
  );
}

/** The asked columns as an object, under their titles. */
function select(record: JsonObject, columns: readonly Column[]): JsonObject {
  return Object.fromEntries(
    columns.map(({ field, title }) => [title, fieldAt(record, field) ?? null]),
  );
}

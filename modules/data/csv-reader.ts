import { malformed } from './malformed.ts';

/** A cell this long cannot be in a record; most likely a quote is missing. */
const MAX_CELL = 1024 * 1024;

/** Cuts lines of CSV (RFC 4180) into cells; a quoted cell may go over several lines. */
export class CsvReader {
  readonly #delimiter: string;
  #cells: string[] = [];
  /** The quoted cell that the next line goes on with. */
  #open: string | undefined;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** The cells of the row that `line` completes; nothing for an empty line, or one that leaves a cell open. */
  push(line: string): string[] | undefined {
    if (this.#open === undefined && (line === '' || line === '\r')) return undefined;
    try {
      let next: number | undefined = 0;
      if (this.#open !== undefined) next = this.#readQuoted(line, 0, `${this.#open}\n`);
      while (next !== undefined && next <= line.length) next = this.#readCell(line, next);
    } catch (error) {
      this.#reset();
      throw error;
    }
    return this.#open === undefined ? this.#reset() : undefined;
  }

  /** Throws when the text ended within a cell. */
  end(): undefined {
    if (this.#open === undefined) return undefined;
    this.#reset();
    throw malformed('A quoted cell has no closing quote');
  }

  #reset(): string[] {
    const cells = this.#cells;
    this.#cells = [];
    this.#open = undefined;
    return cells;
  }

  /** Where the next cell starts: beyond the line when this was the last one, nothing when it is open. */
  #readCell(line: string, start: number): number | undefined {
    if (line[start] === '"') return this.#readQuoted(line, start + 1, '');
    const found = line.indexOf(this.#delimiter, start);
    const isLast = found < 0;
    const end = isLast ? line.length - (line.endsWith('\r') && start < line.length ? 1 : 0) : found;
    this.#cells.push(line.slice(start, end));
    return isLast ? line.length + 1 : found + 1;
  }

  /** From after the opening quote, or from the start of a later line; `before` is what came till then. */
  #readQuoted(line: string, start: number, before: string): number | undefined {
    let cell = before;
    let position = start;
    for (;;) {
      const quote = line.indexOf('"', position);
      cell += line.slice(position, quote < 0 ? undefined : quote);
      if (cell.length > MAX_CELL) throw malformed(`A cell is longer than ${MAX_CELL} characters`);
      if (quote < 0) {
        this.#open = cell;
        return undefined;
      }
      position = quote + 1;
      if (line[position] !== '"') break;
      cell += '"';
      position += 1;
    }
    this.#open = undefined;
    this.#cells.push(cell);
    return this.#afterQuote(line, position);
  }

  #afterQuote(line: string, position: number): number {
    if (line[position] === this.#delimiter) return position + 1;
    const rest = line.slice(position);
    if (rest === '' || rest === '\r') return line.length + 1;
    throw malformed(`After the closing quote of a cell there is '${rest.slice(0, 20)}'`);
  }
}

import { isJsonObject, type Json, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import {
  createRowReader,
  LINE_FORMATS,
  type LineFormat,
  parseJson,
  type RowOptions,
} from './row-reader.ts';
import { parseYaml } from './yaml.ts';

export const PARSE_FORMATS = [
  'csv',
  'json',
  'ndjson',
  'regex',
  'text_lines',
  'tsv',
  'yaml',
] as const;
export type ParseFormat = (typeof PARSE_FORMATS)[number];

/** How a text is read. */
export type ParseOptions = Omit<RowOptions, 'format'> & { format: ParseFormat };

/** What one value becomes within its record. */
export interface Shape {
  format?: ParseFormat;
  /** Puts the value under this key, instead of letting it be the record. */
  into?: string | undefined;
  /** Of the incoming record, which fields stay; all of them with `into`, else none. */
  keep?: readonly string[] | undefined;
}

/** The formats of which each line, or few of them, stands by itself. */
export function isLineFormat(format: ParseFormat): format is LineFormat {
  return (LINE_FORMATS as readonly string[]).includes(format);
}

/** The values of a whole text; a bad row makes it a bad text. */
export function parseDocument(options: ParseOptions, text: string): Json[] {
  const content = withoutMark(text);
  const { format } = options;
  if (format === 'json') return [parseJson(content)];
  if (format === 'yaml') return parseYaml(content);
  const reader = createRowReader({ ...options, format });
  const lines = splitLines(content);
  const values = lines.flatMap((line, index) => inLine(index + 1, () => reader.push(line)));
  inLine(lines.length, () => reader.end());
  return values;
}

/** A byte order mark is no part of the text. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** A newline ends a line; what follows the last one is a line only if there is something. */
export function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Errors of `read` say where it stumbled. */
export function inLine<T>(number: number, read: () => T): T {
  return placed(`Line ${number}`, read);
}

/** The same for the file that a text came from, if it came from one. */
export function inSource<T>(source: string | undefined, read: () => T): T {
  return source === undefined ? read() : placed(source, read);
}

function placed<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OrkError)) throw error;
    const { code, reason, hint, message } = error;
    throw new OrkError(code, `${place}: ${message}`, { reason, hint });
  }
}

/** The records that one value of a document becomes. */
export function toRecords(value: Json, incoming: JsonObject, shape: Shape): JsonObject[] {
  const { into, keep, format } = shape;
  if (into !== undefined) {
    return [{ ...(keep === undefined ? incoming : pick(incoming, keep)), [into]: value }];
  }
  const kept = keep === undefined ? {} : pick(incoming, keep);
  const isDocument = format === 'json' || format === 'yaml';
  const values = isDocument && Array.isArray(value) ? value : [value];
  const name = format === 'text_lines' ? 'line' : 'item';
  return values.map((one) => ({ ...kept, ...(isJsonObject(one) ? one : { [name]: one }) }));
}

function pick(record: JsonObject, fields: readonly string[]): JsonObject {
  const present = fields.filter((field) => Object.hasOwn(record, field));
  return Object.fromEntries(present.map((field) => [field, record[field] ?? null]));
}

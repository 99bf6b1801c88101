import { z } from 'zod';
import {
  type Context,
  defineModule,
  type Files,
  type Json,
  type JsonObject,
  LineSplitter,
  OrkError,
} from '../../sdk/typescript/index.ts';
import {
  inLine,
  inSource,
  isLineFormat,
  PARSE_FORMATS,
  parseDocument,
  splitLines,
  toRecords,
  withoutMark,
} from './documents.ts';
import { fieldAt } from './field-path.ts';
import { BAD_HEADER } from './malformed.ts';
import { DEAD_LETTER, handleBadRecord, onError } from './on-error.ts';
import { createRowReader, type LineFormat } from './row-reader.ts';

const READ_CHUNK = 256 * 1024;

const params = z.object({
  format: z.enum(PARSE_FORMATS),
  field: z.string().min(1).optional().describe('Reads the text in this field of each record.'),
  file_field: z
    .string()
    .min(1)
    .optional()
    .describe('Reads the file whose path is in this field of each record.'),
  text: z.string().optional().describe('Reads this text.'),
  file: z.string().min(1).optional().describe('Reads this file.'),
  into: z
    .string()
    .min(1)
    .optional()
    .describe('Puts the value under this key of the incoming record.'),
  keep: z
    .array(z.string().min(1))
    .optional()
    .describe('Fields of the incoming record that go on; with `into`: all, unless given.'),
  header: z.boolean().default(true).describe('CSV and TSV: the first row names the columns.'),
  columns: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('CSV and TSV: names for the columns, in place of those in the first row.'),
  delimiter: z.string().length(1).default(',').describe('Between the cells of CSV.'),
  pattern: z
    .string()
    .min(1)
    .max(10_000)
    .optional()
    .describe('For `regex`: JavaScript; its named groups become the fields, for each line.'),
  flags: z
    .string()
    .regex(/^[imsu]{0,4}$/, "must be of the letters 'imsu'")
    .default('')
    .describe('For `regex`: `i` ignores case, `s` lets a dot match line ends.'),
  on_error: onError,
});

type ParseContext = Context<z.output<typeof params>, 'files'>;

/** Turns text into records. */
export const parse = defineModule({
  name: 'parse',
  summary: 'Turns text from a stream, a param or a file into records.',
  params,
  result: z.object({
    count: z.int().describe('Records written.'),
    failed: z.int().describe('Documents, or lines of `text` or `file`, that could not be read.'),
    value: z
      .json()
      .optional()
      .describe('The whole of a JSON or YAML document from `text` or `file`.'),
  }),
  capabilities: ['files'],
  stream: 'transform',
  ports: [DEAD_LETTER],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    {
      description: 'The package.json behind each path of a listing',
      params: { format: 'json', file_field: 'path', into: 'package', on_error: 'dead_letter' },
    },
    { description: 'A file of JSON lines', params: { format: 'ndjson', file: 'events.ndjson' } },
    { description: 'A spreadsheet', params: { format: 'csv', file: 'prices.csv', delimiter: ';' } },
    {
      description: 'Lines of a log, those that do not match left out',
      params: {
        format: 'regex',
        field: 'line',
        pattern: '^(?<ip>\\S+) .* (?<status>\\d{3})$',
        on_error: 'skip',
      },
    },
  ],
  perform(ctx) {
    const { text, file, format } = checkSource(ctx);
    checkOptions(ctx);
    if (text === undefined && file === undefined) return parseStream(ctx);
    if (!isLineFormat(format)) return parseWhole(ctx, text ?? ctx.files.readText(file ?? ''));
    const lines = text === undefined ? linesOf(ctx.files, file ?? '') : [splitLines(text)];
    return parseLines(ctx, format, lines);
  },
});

function checkSource({ params }: ParseContext): ParseContext['params'] {
  const { field, file_field, text, file } = params;
  const given = [field, file_field, text, file].filter((source) => source !== undefined);
  if (given.length === 1) return params;
  const found = given.length === 0 ? 'no source' : 'more than one source';
  throw new OrkError('invalid-argument', `data:parse was given ${found} of text.`, {
    reason: 'data.parse-source',
    hint: 'Give one of `field`, `file_field`, `text`, `file`.',
  });
}

/** What would be ignored is a mistake. */
function checkOptions({ params }: ParseContext): void {
  const { format, pattern, flags, columns, header, delimiter } = params;
  const isTable = format === 'csv' || format === 'tsv';
  const stray = [
    { name: 'pattern', isStray: pattern !== undefined && format !== 'regex' },
    { name: 'flags', isStray: flags !== '' && format !== 'regex' },
    { name: 'columns', isStray: columns !== undefined && !isTable },
    { name: 'header', isStray: !header && !isTable },
    { name: 'delimiter', isStray: delimiter !== ',' && format !== 'csv' },
  ].find(({ isStray }) => isStray);
  if (stray !== undefined) {
    throw new OrkError('invalid-argument', `\`${stray.name}\` says nothing of ${format}.`, {
      reason: 'data.parse-options',
      hint: `Leave \`${stray.name}\` out, or correct \`format\`.`,
    });
  }
  if (isLineFormat(format)) createRowReader({ ...params, format });
  if (format === 'regex' && pattern === undefined) {
    throw new OrkError('invalid-argument', 'The format regex needs a `pattern`.', {
      reason: 'data.parse-options',
    });
  }
}

function parseStream(ctx: ParseContext): { count: number; failed: number } {
  const total = { count: 0, failed: 0 };
  for (const record of ctx.input().records()) {
    try {
      const { text, source } = textOf(ctx, record);
      const values = inSource(source, () => parseDocument(ctx.params, text));
      total.count += emit(ctx, values, record);
    } catch (error) {
      handleBadRecord(ctx, record, error);
      total.failed += 1;
    }
  }
  return total;
}

function textOf(ctx: ParseContext, record: JsonObject): { text: string; source?: string } {
  const { field, file_field } = ctx.params;
  const name = field ?? file_field ?? '';
  const value = fieldAt(record, name);
  if (typeof value !== 'string') {
    const found = value === undefined ? 'no such field' : `not text but ${JSON.stringify(value)}`;
    throw new OrkError('invalid-argument', `Field '${name}': ${found.slice(0, 200)}.`, {
      reason: 'data.no-text',
      hint: 'Name the field that holds the text or the path.',
    });
  }
  return file_field === undefined
    ? { text: value }
    : { text: ctx.files.readText(value), source: value };
}

/** A single document; there is no record it came from, so `on_error` can only set the text aside. */
function parseWhole(ctx: ParseContext, text: string) {
  const { file } = ctx.params;
  let values: Json[];
  try {
    values = inSource(file, () => parseDocument(ctx.params, text));
  } catch (error) {
    handleBadRecord(ctx, file === undefined ? { text } : { file }, error);
    return { count: 0, failed: 1 };
  }
  const count = emit(ctx, values, {});
  return { count, failed: 0, value: values.length > 1 ? values : (values[0] ?? null) };
}

/** Line by line, so that a file may be of any size. */
function parseLines(ctx: ParseContext, format: LineFormat, batches: Iterable<string[]>) {
  const { file } = ctx.params;
  const reader = createRowReader({ ...ctx.params, format });
  const total = { count: 0, failed: 0 };
  let number = 0;
  const attempt = (line: string, read: () => Json[]) => {
    try {
      total.count += emit(ctx, inLine(number, read), {});
    } catch (error) {
      if (error instanceof OrkError && error.reason === BAD_HEADER) throw error;
      handleBadRecord(ctx, file === undefined ? { number, line } : { file, number, line }, error);
      total.failed += 1;
    }
  };
  for (const lines of batches) {
    for (const line of lines) {
      number += 1;
      const text = number === 1 ? withoutMark(line) : line;
      attempt(text, () => reader.push(text));
    }
  }
  attempt('', () => {
    reader.end();
    return [];
  });
  return total;
}

/** Batches of lines; the file stays open only while it is read. */
function* linesOf(files: Files, path: string): Generator<string[]> {
  const splitter = new LineSplitter('fail');
  const file = files.open(path);
  try {
    for (let bytes = file.read(READ_CHUNK); bytes.length > 0; bytes = file.read(READ_CHUNK)) {
      yield splitter.push(bytes);
    }
    yield splitter.end();
  } finally {
    file.close();
  }
}

function emit(ctx: ParseContext, values: readonly Json[], incoming: JsonObject): number {
  let count = 0;
  for (const value of values) {
    for (const record of toRecords(value, incoming, ctx.params)) {
      ctx.output.push(record);
      count += 1;
    }
  }
  return count;
}

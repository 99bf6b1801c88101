import { z } from 'zod';
import {
  byteSize,
  type Context,
  defineModule,
  OrkError,
  parseByteSize,
} from '../../sdk/typescript/index.ts';
import { OUTPUT_FORMATS, type TableOptions, TableWriter } from './table-writer.ts';

const params = z.object({
  format: z.enum(OUTPUT_FORMATS),
  columns: z
    .array(z.union([z.string().min(1), z.strictObject({ field: z.string(), title: z.string() })]))
    .min(1)
    .optional()
    .describe(
      'Fields in their order; those of the first record (text_lines: `line`) when left out.',
    ),
  title: z.string().optional().describe('A heading above a Markdown table.'),
  header: z.boolean().default(true).describe('Whether CSV and TSV begin with a line of names.'),
  delimiter: z.string().length(1).default(',').describe('Between the cells of CSV.'),
  stream: z.boolean().default(false).describe('Writes {line} records instead of a text.'),
  max_bytes: byteSize.default('1MiB').describe('A longer text fails.'),
});

type FormatContext = Context<z.output<typeof params>>;

/** Turns records into text. */
export const format = defineModule({
  name: 'format',
  summary: 'Turns records into CSV, TSV, Markdown, JSON, YAML or plain lines.',
  params,
  result: z.object({
    text: z.string().optional().describe('Not with `stream: true`.'),
    count: z.int().describe('Records read.'),
  }),
  stream: 'transform',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    {
      description: 'A Markdown table of two fields',
      params: { format: 'markdown', title: 'Licences', columns: ['license', 'packages'] },
    },
  ],
  perform(ctx) {
    check(ctx);
    return ctx.params.stream ? writeLines(ctx) : writeText(ctx);
  },
});

function check({ params }: FormatContext): void {
  if (params.title !== undefined && params.format !== 'markdown') {
    throw new OrkError('invalid-argument', `A title is for Markdown, not for ${params.format}.`);
  }
  const columns = params.columns ?? LINE_COLUMN;
  if (params.format === 'text_lines' && columns.length !== 1) {
    throw new OrkError('invalid-argument', 'A line of text_lines has exactly one column.');
  }
  if (params.stream && params.format === 'json') {
    throw new OrkError('invalid-argument', 'A JSON list cannot be streamed.', 'Use `ndjson`.');
  }
}

const LINE_COLUMN = ['line'];

function options({ params }: FormatContext): TableOptions {
  const { format, columns } = params;
  return format === 'text_lines' ? { ...params, columns: columns ?? LINE_COLUMN } : params;
}

function writeLines(ctx: FormatContext): { count: number } {
  const table = new TableWriter(options(ctx));
  let count = 0;
  for (const record of ctx.input().records()) {
    for (const line of table.add(record)) ctx.output.push({ line });
    count += 1;
  }
  for (const line of table.end()) ctx.output.push({ line });
  return { count };
}

function writeText(ctx: FormatContext): { text: string; count: number } {
  const table = new TableWriter(options(ctx));
  const text = new BoundedText(parseByteSize(ctx.params.max_bytes));
  let count = 0;
  for (const record of ctx.input().records()) {
    for (const line of table.add(record)) text.add(line);
    count += 1;
  }
  for (const line of table.end()) text.add(line);
  const { format } = ctx.params;
  // An empty text would be the YAML of nothing, not of no records.
  const isList = format === 'json' || (format === 'yaml' && count === 0);
  return { text: isList ? text.asList() : text.asLines(), count };
}

/** Lines that together stay below a limit. */
class BoundedText {
  readonly #limit: number;
  readonly #lines: string[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(line: string): void {
    this.#length += line.length + 1;
    if (this.#length > this.#limit) throw tooLong(this.#limit);
    this.#lines.push(line);
  }

  asLines(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  asList(): string {
    return this.#lines.length === 0 ? '[]\n' : `[\n${this.#lines.join(',\n')}\n]\n`;
  }
}

function tooLong(limit: number): OrkError {
  return new OrkError('resource-exhausted', `The text is longer than ${limit} bytes.`, {
    reason: 'data.text-too-long',
    hint: 'Use `stream: true` and write the lines to a file, or reduce the records before.',
  });
}

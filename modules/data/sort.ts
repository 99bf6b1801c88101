import { z } from 'zod';
import { defineModule, type Json, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import { compareValues } from './compare.ts';
import { fieldAt } from './field-path.ts';

const WRITE_RECORDS = 512;

/** Orders a stream; it has to end first. */
export const sort = defineModule({
  name: 'sort',
  summary: 'Orders records by fields; equal ones keep their order.',
  params: z.object({
    by: z
      .array(
        z.union([
          z.string().min(1),
          z.strictObject({ field: z.string().min(1), order: z.enum(['asc', 'desc']) }),
        ]),
      )
      .min(1)
      .max(32)
      .describe('Fields (or paths with dots), the first decides: `NAME` or `{field, order}`.'),
    max_records: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(100_000)
      .describe('All are kept in memory; more fail.'),
  }),
  result: z.object({ count: z.int() }),
  stream: 'transform',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    {
      description: 'The largest first, then by name',
      params: { by: [{ field: 'size', order: 'desc' }, 'name'] },
    },
  ],
  perform(ctx) {
    const { by, max_records } = ctx.params;
    const order = by.map((key) => (typeof key === 'string' ? { field: key, order: 'asc' } : key));
    const rows: Row[] = [];
    for (const batch of ctx.input().raw()) {
      if (rows.length + batch.length > max_records) throw tooMany(max_records);
      for (const text of batch) {
        const record = JSON.parse(text) as JsonObject;
        rows.push({ text, keys: order.map(({ field }) => fieldAt(record, field) ?? null) });
      }
    }
    const signs = order.map((key) => (key.order === 'desc' ? -1 : 1));
    rows.sort((a, b) => compareRows(a, b, signs));
    for (let at = 0; at < rows.length; at += WRITE_RECORDS) {
      ctx.output.writeRaw(rows.slice(at, at + WRITE_RECORDS).map(({ text }) => text));
    }
    return { count: rows.length };
  },
});

interface Row {
  text: string;
  keys: Json[];
}

function compareRows(a: Row, b: Row, signs: readonly number[]): number {
  for (const [index, sign] of signs.entries()) {
    const order = compareValues(a.keys[index] ?? null, b.keys[index] ?? null);
    if (order !== 0) return order * sign;
  }
  return 0;
}

function tooMany(max: number): OrkError {
  return new OrkError('resource-exhausted', `There are more than ${max} records to sort.`, {
    reason: 'data.too-many-records',
    hint: 'Raise `max_records`, or reduce the stream before (data:filter, data:aggregate).',
  });
}

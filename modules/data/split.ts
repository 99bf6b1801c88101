import { z } from 'zod';
import { defineModule, type Json, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import { toRecords } from './documents.ts';
import { fieldAt } from './field-path.ts';
import { DEAD_LETTER, handleBadRecord, onError } from './on-error.ts';

/** Makes many records of one. */
export const split = defineModule({
  name: 'split',
  summary: 'Makes a record of each item of a list field.',
  params: z.object({
    field: z.string().min(1).describe('The field (or path with dots) that holds the list.'),
    into: z
      .string()
      .min(1)
      .optional()
      .describe('Puts the item under this key of the incoming record.'),
    keep: z
      .array(z.string().min(1))
      .optional()
      .describe('Fields of the incoming record that go on; with `into`: all but the list.'),
    on_error: onError,
  }),
  result: z.object({
    count: z.int().describe('Records written.'),
    failed: z.int().describe('Records without such a list.'),
  }),
  stream: 'transform',
  ports: [DEAD_LETTER],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    {
      description: 'The lines of an order, each with the number of its order',
      params: { field: 'lines', keep: ['order'] },
    },
  ],
  perform(ctx) {
    const { field, into, keep } = ctx.params;
    const total = { count: 0, failed: 0 };
    for (const record of ctx.input().records()) {
      try {
        const items = listAt(record, field);
        const { [field]: _, ...rest } = record;
        for (const item of items) {
          const made = toRecords(item, keep === undefined ? rest : record, { into, keep });
          for (const one of made) ctx.output.push(one);
        }
        total.count += items.length;
      } catch (error) {
        handleBadRecord(ctx, record, error);
        total.failed += 1;
      }
    }
    return total;
  },
});

function listAt(record: JsonObject, field: string): Json[] {
  const value = fieldAt(record, field);
  if (Array.isArray(value)) return value;
  const found = value === undefined ? 'no such field' : `not a list but ${JSON.stringify(value)}`;
  throw new OrkError('invalid-argument', `Field '${field}': ${found.slice(0, 200)}.`, {
    reason: 'data.no-list',
    hint: 'Name the field that holds the list; see `on_error` for records without one.',
  });
}

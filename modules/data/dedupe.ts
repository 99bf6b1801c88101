import { z } from 'zod';
import { defineModule, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import { canonical } from './canonical.ts';
import { fieldAt } from './field-path.ts';

/** Lets each record through once. */
export const dedupe = defineModule({
  name: 'dedupe',
  summary: 'Drops records that were there before; the first is kept.',
  params: z.object({
    fields: z
      .array(z.string().min(1))
      .min(1)
      .max(32)
      .optional()
      .describe('Fields (or paths with dots) that make records equal; else the whole record.'),
    max_keys: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(100_000)
      .describe('Different records that are remembered; more fail.'),
  }),
  result: z.object({ count: z.int(), dropped: z.int() }),
  stream: 'transform',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'One record per host', params: { fields: ['host'] } }],
  perform(ctx) {
    const { fields, max_keys } = ctx.params;
    const seen = new Set<string>();
    const total = { count: 0, dropped: 0 };
    for (const batch of ctx.input().raw()) {
      const fresh = batch.filter((text) => {
        const key = keyOf(JSON.parse(text) as JsonObject, fields);
        if (seen.has(key)) return false;
        if (seen.size === max_keys) throw tooMany(max_keys);
        seen.add(key);
        return true;
      });
      ctx.output.writeRaw(fresh);
      total.count += fresh.length;
      total.dropped += batch.length - fresh.length;
    }
    return total;
  },
});

function keyOf(record: JsonObject, fields: readonly string[] | undefined): string {
  if (fields === undefined) return canonical(record);
  return canonical(fields.map((field) => fieldAt(record, field) ?? null));
}

function tooMany(max: number): OrkError {
  return new OrkError('resource-exhausted', `There are more than ${max} different records.`, {
    reason: 'data.too-many-keys',
    hint: 'Raise `max_keys`, or compare by `fields` with fewer values.',
  });
}

import { z } from 'zod';
import { defineModule, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';

/** Turns a stream into a list that templates can read. */
export const collect = defineModule({
  name: 'collect',
  summary: 'Collects a stream into a list.',
  params: z.object({
    max: z.int().min(1).max(1_000_000).default(10_000).describe('More records than this fail.'),
  }),
  result: z.object({ records: z.array(z.looseObject({})), count: z.int() }),
  stream: 'consumer',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'At most a hundred records', params: { max: 100 } }],
  perform(ctx) {
    const { max } = ctx.params;
    const records: JsonObject[] = [];
    for (const record of ctx.input().records()) {
      if (records.length === max) throw tooMany(max);
      records.push(record);
    }
    return { records, count: records.length };
  },
});

function tooMany(max: number): OrkError {
  return new OrkError('resource-exhausted', `The stream has more than ${max} records.`, {
    reason: 'data.too-many-records',
    hint: 'Raise `max`, or reduce the stream before (data:filter, data:aggregate).',
  });
}

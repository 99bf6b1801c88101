import { z } from 'zod';
import { defineModule, isJsonObject } from '../../sdk/typescript/index.ts';

/** Streams a list. */
export const generateFromList = defineModule({
  name: 'generate_from_list',
  summary: 'Streams the items of a list as records.',
  params: z.object({
    items: z.array(z.json()).describe('An object is a record; anything else becomes `{item}`.'),
    repeat: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .default(1)
      .describe('How often the whole list is streamed.'),
  }),
  result: z.object({ count: z.int().describe('Records written.') }),
  stream: 'producer',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'Three hosts', params: { items: ['a.example', 'b.example', 'c.example'] } },
    { description: 'Records', params: { items: [{ n: 1 }, { n: 2 }], repeat: 10 } },
  ],
  perform(ctx) {
    const { items, repeat } = ctx.params;
    const records = items.map((item) => (isJsonObject(item) ? item : { item }));
    for (let round = 0; round < repeat; round += 1) {
      for (const record of records) ctx.output.push(record);
    }
    return { count: records.length * repeat };
  },
});

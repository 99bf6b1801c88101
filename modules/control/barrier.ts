import { z } from 'zod';
import { defineModule } from '../../sdk/typescript/index.ts';

/** Ends when everything upstream has. */
export const barrier = defineModule({
  name: 'barrier',
  summary: 'Waits for everything upstream, and passes streams through.',
  params: z.object({}),
  result: z.object({ records: z.int().describe('Records that passed.') }),
  stream: 'transform',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'A point that others depend on', params: {} }],
  perform(ctx) {
    let records = 0;
    for (const block of ctx.input().blocks()) {
      ctx.output.writeBlock(block.bytes);
      records += block.records;
    }
    return { records };
  },
});

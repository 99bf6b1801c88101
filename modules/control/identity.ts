import { z } from 'zod';
import { defineModule } from '../../sdk/typescript/index.ts';

/** Returns its params; what streams in streams out, untouched. */
export const identity = defineModule({
  name: 'identity',
  summary: 'Returns its params, and passes its stream through.',
  params: z.looseObject({}),
  result: z.looseObject({}),
  stream: 'transform',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'A value with a name', params: { greeting: 'hello' } }],
  perform(ctx) {
    for (const block of ctx.input().blocks()) ctx.output.writeBlock(block.bytes);
    return ctx.params;
  },
});

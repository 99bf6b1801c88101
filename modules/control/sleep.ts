import { z } from 'zod';
import { defineModule, duration, parseDuration } from '../../sdk/typescript/index.ts';

/** The host counts in 32 bits of milliseconds. */
const LONGEST_SLEEP = 2 ** 31 - 1;

/** Does nothing for a while. */
export const sleep = defineModule({
  name: 'sleep',
  summary: 'Waits for a while.',
  params: z.object({ duration: duration.describe('Such as `30s`, `250ms` or `1h30m`.') }),
  result: z.object({ slept_ms: z.int() }),
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'Half a minute', params: { duration: '30s' } }],
  perform(ctx) {
    const start = ctx.now();
    let rest = ctx.dryRun ? 0 : Math.ceil(parseDuration(ctx.params.duration));
    while (rest > 0) {
      const part = Math.min(rest, LONGEST_SLEEP);
      ctx.sleep(part);
      rest -= part;
    }
    return { slept_ms: ctx.now() - start };
  },
});

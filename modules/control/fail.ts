import { z } from 'zod';
import { defineModule, OrkError } from '../../sdk/typescript/index.ts';

/** Fails on purpose. */
export const fail = defineModule({
  name: 'fail',
  summary: 'Fails with a message: for what a playbook finds wrong.',
  params: z.object({
    message: z.string().min(1),
    reason: z
      .string()
      .regex(/^[a-z][a-z0-9_.-]{0,99}$/, 'must be a short word like disk.full')
      .default('control.fail')
      .describe('What programs tell failures apart by.'),
  }),
  result: z.object({}),
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'With `when`, a check', params: { message: 'No backup was found.' } }],
  perform(ctx) {
    const { message, reason } = ctx.params;
    throw new OrkError('failed-precondition', message, { reason });
  },
});

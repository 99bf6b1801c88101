import { z } from 'zod';
import { defineModule, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import { DEAD_LETTER, handleBadRecord, onError, PUMP_ERRORS } from './on-error.ts';

const bind = z
  .record(z.string(), z.json())
  .default({})
  .describe('Constants, read as bind.NAME inside the expression.');

/** Keeps the records for which a condition holds. */
export const filter = defineModule({
  name: 'filter',
  summary: 'Keeps the records for which a condition holds.',
  params: z.object({
    where: z.string().min(1).describe('CEL that yields true or false; `record` is the record.'),
    bind,
    records: z
      .array(z.looseObject({}))
      .optional()
      .describe('Filters this list instead of a stream, and returns what is left.'),
    on_error: onError,
  }),
  result: z.object({
    count: z.int(),
    dropped: z.int(),
    failed: z.int(),
    records: z.array(z.looseObject({})).optional(),
  }),
  capabilities: ['expressions'],
  stream: 'transform',
  ports: [DEAD_LETTER],
  expressions: ['where'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'Errors only', params: { where: "record.level == 'error'" } },
    {
      description: 'A value from outside',
      params: { where: 'record.user == bind.user', bind: { user: '{{ inputs.user }}' } },
    },
  ],
  perform(ctx) {
    const { where, bind, records, on_error } = ctx.params;
    const program = ctx.expressions.compile(where, { bind: bind as JsonObject });
    if (records === undefined) {
      const stats = program.pump(ctx.input(), ctx.output, {
        mode: 'filter',
        errors: PUMP_ERRORS[on_error],
        ...(on_error === 'dead_letter' ? { rejected: ctx.port(DEAD_LETTER) } : {}),
      });
      return { count: stats.written, dropped: stats.dropped, failed: stats.failed };
    }
    const list = records as JsonObject[];
    const kept: JsonObject[] = [];
    let failed = 0;
    const evaluations = program.evaluateEach(list.map((record) => JSON.stringify(record)));
    list.forEach((record, index) => {
      const evaluation = evaluations[index];
      if (evaluation === undefined) return;
      try {
        if ('error' in evaluation) throw evaluation.error;
        if (isTrue(evaluation.result)) kept.push(record);
      } catch (error) {
        handleBadRecord(ctx, record, error);
        failed += 1;
      }
    });
    const dropped = list.length - kept.length - failed;
    return { records: kept, count: kept.length, dropped, failed };
  },
});

function isTrue(result: string): boolean {
  if (result === 'true' || result === 'false') return result === 'true';
  throw new OrkError('invalid-argument', `The condition yields ${result}, not true or false.`, {
    reason: 'expression.not-boolean',
  });
}

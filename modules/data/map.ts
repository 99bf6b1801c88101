import { z } from 'zod';
import {
  type Context,
  defineModule,
  type Evaluation,
  isJsonObject,
  type Json,
  type JsonObject,
  OrkError,
  type Program,
} from '../../sdk/typescript/index.ts';
import { type MapPlan, merge, planMap } from './map-plan.ts';
import { DEAD_LETTER, handleBadRecord, onError, PUMP_ERRORS } from './on-error.ts';

const sources = z.record(z.string().min(1), z.json());

const params = z.object({
  fields: sources
    .optional()
    .describe('The new record: a name and CEL for each field (what is not text is a constant).'),
  set: sources.optional().describe('Fields to add to the record, as in `fields`.'),
  remove: z.array(z.string().min(1)).optional().describe('Fields to remove from the record.'),
  expression: z.string().min(1).optional().describe('CEL that yields the new record.'),
  bind: z
    .record(z.string(), z.json())
    .default({})
    .describe('Constants, read as bind.NAME inside the expressions.'),
  records: z
    .array(z.looseObject({}))
    .optional()
    .describe('Changes this list instead of a stream, and returns it.'),
  on_error: onError,
});

type MapContext = Context<z.output<typeof params>, 'expressions'>;

/** Changes each record by itself. */
export const map = defineModule({
  name: 'map',
  summary: 'Changes each record: new fields, added fields, removed fields.',
  params,
  result: z.object({
    count: z.int(),
    failed: z.int(),
    records: z.array(z.looseObject({})).optional(),
  }),
  capabilities: ['expressions'],
  stream: 'transform',
  ports: [DEAD_LETTER],
  expressions: ['fields.*', 'set.*', 'expression'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    {
      description: 'Two fields of a parsed package.json',
      params: { fields: { name: 'record.package.name', license: 'record.package.license' } },
    },
    {
      description: 'A field more and a field less',
      params: { set: { total: 'record.price * record.amount' }, remove: ['price'] },
    },
  ],
  perform(ctx) {
    const plan = planMap(ctx.params);
    const program = compile(ctx, plan);
    if (ctx.params.records !== undefined) return mapList(ctx, plan, program);
    if (plan.kind === 'replace' && program !== undefined) return pumpAll(ctx, program);
    return mapStream(ctx, plan, program);
  },
});

function compile(ctx: MapContext, plan: MapPlan): Program | undefined {
  if (plan.source === undefined) return undefined;
  return ctx.expressions.compile(plan.source, { bind: ctx.params.bind as JsonObject });
}

/** The records never enter the guest. */
function pumpAll(ctx: MapContext, program: Program): { count: number; failed: number } {
  const { on_error } = ctx.params;
  const { written, failed } = program.pump(ctx.input(), ctx.output, {
    mode: 'transform',
    errors: PUMP_ERRORS[on_error],
    ...(on_error === 'dead_letter' ? { rejected: ctx.port(DEAD_LETTER) } : {}),
  });
  return { count: written, failed };
}

function mapStream(ctx: MapContext, plan: MapPlan, program: Program | undefined) {
  const total = { count: 0, failed: 0 };
  for (const records of ctx.input().raw()) {
    const { results, failed } = mapBatch(ctx, plan, program, records);
    ctx.output.write(results);
    total.count += results.length;
    total.failed += failed;
  }
  return total;
}

function mapList(ctx: MapContext, plan: MapPlan, program: Program | undefined) {
  const records = (ctx.params.records ?? []).map((record) => JSON.stringify(record));
  const { results, failed } = mapBatch(ctx, plan, program, records);
  return { records: results, count: results.length, failed };
}

function mapBatch(
  ctx: MapContext,
  plan: MapPlan,
  program: Program | undefined,
  records: string[],
): { results: JsonObject[]; failed: number } {
  const evaluations = program?.evaluateEach(records);
  const results: JsonObject[] = [];
  let failed = 0;
  records.forEach((text, index) => {
    const record = JSON.parse(text) as JsonObject;
    try {
      const set = evaluations === undefined ? {} : objectOf(evaluations[index]);
      results.push(plan.kind === 'merge' ? merge(record, set, plan.remove) : set);
    } catch (error) {
      handleBadRecord(ctx, record, error);
      failed += 1;
    }
  });
  return { results, failed };
}

function objectOf(evaluation: Evaluation | undefined): JsonObject {
  if (evaluation === undefined) throw new OrkError('internal', 'The host left a record out.');
  if ('error' in evaluation) throw evaluation.error;
  const value = JSON.parse(evaluation.result) as Json;
  if (isJsonObject(value)) return value;
  throw new OrkError('invalid-argument', `The expression yields ${evaluation.result}.`, {
    reason: 'expression.not-an-object',
    hint: 'A record is an object: write {"name": …}.',
  });
}

import { z } from 'zod';
import {
  type Context,
  defineModule,
  duration,
  type JsonObject,
  OrkError,
  parseDuration,
} from '../../sdk/typescript/index.ts';
import { AGGREGATE_OPS } from './accumulators.ts';
import { Groups, UNFIT_VALUE } from './groups.ts';
import { DEAD_LETTER, handleBadRecord, onError } from './on-error.ts';

const params = z.object({
  group_by_fields: z
    .array(z.string().min(1))
    .max(32)
    .default([])
    .describe('Fields (or paths with dots) whose equal values make a group.'),
  aggregates: z
    .array(
      z.strictObject({
        op: z.enum(AGGREGATE_OPS),
        field: z.string().min(1).optional(),
        as: z.string().min(1).optional(),
      }),
    )
    .min(1)
    .max(64)
    .describe('What to compute: `op`, the `field` it takes, and the name of the result (`as`).'),
  window: duration
    .optional()
    .describe('Writes the results whenever this time has passed, and begins anew.'),
  count: z
    .int()
    .min(1)
    .optional()
    .describe('Writes the result of a group at so many records, and begins it anew.'),
  max_groups: z.int().min(1).max(1_000_000).default(100_000).describe('More groups fail.'),
  max_values: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(100_000)
    .describe('Values that collect, distinct and percentiles keep together; more fail.'),
  on_error: onError,
});

type AggregateContext = Context<z.output<typeof params>>;

/** Counts and sums a stream, per group; what is open at its end comes then. */
export const aggregate = defineModule({
  name: 'aggregate',
  summary: 'Counts, sums and compares records per group.',
  params,
  result: z.object({
    groups: z.int().describe('Results written.'),
    records: z.int().describe('Records that count.'),
    failed: z.int().describe('Records left out because a value does not fit.'),
  }),
  stream: 'transform',
  ports: [DEAD_LETTER],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    {
      description: 'Packages per licence',
      params: { group_by_fields: ['license'], aggregates: [{ op: 'count', as: 'packages' }] },
    },
    {
      description: 'Latency per path, every ten seconds',
      params: {
        group_by_fields: ['path'],
        aggregates: [
          { op: 'count', as: 'requests' },
          { op: 'p95', field: 'ms', as: 'p95_ms' },
        ],
        window: '10s',
      },
    },
  ],
  perform(ctx) {
    const { window, count } = ctx.params;
    if (window !== undefined && count !== undefined) throw twoWindows();
    const groups = createGroups(ctx);
    const total = { groups: 0, records: 0, failed: 0 };
    const emit = (results: readonly JsonObject[]) => {
      ctx.output.write(results);
      total.groups += results.length;
    };
    const clock = new Window(ctx, window);
    for (const batch of ctx.input().polled(() => clock.rest())) {
      emit(addAll(ctx, groups, batch, total));
      if (clock.hasEnded()) emit(groups.flush());
    }
    emit(groups.flush());
    return total;
  },
});

function twoWindows(): OrkError {
  return new OrkError('invalid-argument', 'data:aggregate takes `window` or `count`, not both.', {
    reason: 'data.aggregate-window',
  });
}

function createGroups({ params }: AggregateContext): Groups {
  return new Groups({
    fields: params.group_by_fields,
    aggregates: params.aggregates,
    maxGroups: params.max_groups,
    maxValues: params.max_values,
    count: params.count,
    windowed: params.window !== undefined,
  });
}

/** The results of the groups that a batch completes. */
function addAll(
  ctx: AggregateContext,
  groups: Groups,
  batch: readonly string[],
  total: { records: number; failed: number },
): JsonObject[] {
  const complete: JsonObject[] = [];
  for (const text of batch) {
    const record = JSON.parse(text) as JsonObject;
    try {
      const result = groups.add(record);
      if (result !== undefined) complete.push(result);
      total.records += 1;
    } catch (error) {
      // Running out of room is no fault of the record.
      if (!(error instanceof OrkError) || error.reason !== UNFIT_VALUE) throw error;
      handleBadRecord(ctx, record, error);
      total.failed += 1;
    }
  }
  return complete;
}

/** Times of equal length, one after the other, by the host's clock. */
class Window {
  readonly #ctx: AggregateContext;
  readonly #length: number | undefined;
  #end = 0;

  constructor(ctx: AggregateContext, length: string | undefined) {
    this.#ctx = ctx;
    this.#length = length === undefined ? undefined : Math.max(1, parseDuration(length));
    if (this.#length !== undefined) this.#end = ctx.now() + this.#length;
  }

  /** Milliseconds until the window ends. */
  rest(): number | undefined {
    if (this.#length === undefined) return undefined;
    return Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(this.#end - this.#ctx.now())));
  }

  /** True once per window; those that nobody looked at are left out. */
  hasEnded(): boolean {
    if (this.#length === undefined) return false;
    const late = this.#ctx.now() - this.#end;
    if (late < 0) return false;
    this.#end += this.#length * (Math.floor(late / this.#length) + 1);
    return true;
  }
}

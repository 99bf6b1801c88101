import { z } from 'zod';
import { type Context, defineModule, duration, parseDuration } from '../../sdk/typescript/index.ts';

const params = z.object({
  size: z
    .int()
    .min(1)
    .max(100_000)
    .describe('Records per batch; fewer when they would exceed the 1 MiB of a record.'),
  max_wait: duration
    .optional()
    .describe('Writes a batch that is not full after this time; else it waits for the end.'),
});

type BatchContext = Context<z.output<typeof params>>;

/** Records have at most 1 MiB; this leaves room for what is around the items. */
const MAX_BYTES = 1024 * 1024 - 1024;
/** A character of JavaScript takes at most so many bytes of UTF-8. */
const BYTES_PER_UNIT = 3;

/** Makes one record of many. */
export const batch = defineModule({
  name: 'batch',
  summary: 'Gathers records into lists of a given size.',
  params,
  result: z.object({
    count: z.int().describe('Batches written.'),
    records: z.int().describe('Records read.'),
  }),
  stream: 'transform',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'A hundred at a time', params: { size: 100, max_wait: '1s' } }],
  perform(ctx) {
    const { size } = ctx.params;
    const open = new OpenBatch(ctx);
    const total = { count: 0, records: 0 };
    const close = () => {
      total.count += open.write() ? 1 : 0;
    };
    for (const records of ctx.input().polled(() => open.rest())) {
      for (const record of records) {
        if (!open.hasRoomFor(record)) close();
        open.add(record);
        if (open.length === size) close();
      }
      total.records += records.length;
      if (open.isOverdue()) close();
      ctx.output.flush();
    }
    close();
    return total;
  },
});

/** The batch that is being filled. */
class OpenBatch {
  readonly #ctx: BatchContext;
  readonly #wait: number | undefined;
  #items: string[] = [];
  #bytes = 0;
  #due = 0;

  constructor(ctx: BatchContext) {
    const { max_wait } = ctx.params;
    this.#ctx = ctx;
    this.#wait = max_wait === undefined ? undefined : Math.max(1, parseDuration(max_wait));
  }

  get length(): number {
    return this.#items.length;
  }

  /** Always, if it is empty: one record of any size can be passed on. */
  hasRoomFor(record: string): boolean {
    return this.length === 0 || this.#bytes + sizeOf(record) <= MAX_BYTES;
  }

  add(record: string): void {
    if (this.length === 0) this.#due = this.#ctx.now() + (this.#wait ?? 0);
    this.#items.push(record);
    this.#bytes += sizeOf(record);
  }

  /** Milliseconds until it must be written. */
  rest(): number | undefined {
    if (this.#wait === undefined || this.length === 0) return undefined;
    return Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(this.#due - this.#ctx.now())));
  }

  isOverdue(): boolean {
    return this.rest() === 0;
  }

  /** True when there was something to write. The items keep their own text. */
  write(): boolean {
    const count = this.length;
    if (count === 0) return false;
    this.#ctx.output.writeRaw([`{"items":[${this.#items.join(',')}],"count":${count}}`]);
    this.#items = [];
    this.#bytes = 0;
    return true;
  }
}

function sizeOf(record: string): number {
  // ASCII is told apart natively; anything else is counted as if each unit took the most it can.
  const bytes = /^[\0-\x7f]*$/.test(record) ? record.length : record.length * BYTES_PER_UNIT;
  return bytes + 1;
}

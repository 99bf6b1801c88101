import type { Loop } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import type { ExecutionResult } from './events.ts';
import { type ExecutionContext, execute } from './execution.ts';
import type { ItemRenderer, Renderer } from './run-scope.ts';

/** More items than this are a stream. */
const MAX_ITEMS = 100_000;

export type LoopResult = Omit<ExecutionResult, 'durationMs'> & { results: ExecutionResult[] };

/**
 * Runs a workload once for each item, as many at once as `parallel` says; results stand in the order of the items.
 * With `fail_fast` the first failure cancels what runs and what waits. Rejects when there is no list to go over.
 */
export async function runLoop(
  context: ExecutionContext,
  loop: Loop,
  renderer: Renderer,
): Promise<LoopResult> {
  const items = await itemsOf(loop, renderer);
  return new LoopRun(context, loop, items).run();
}

class LoopRun {
  readonly #context: ExecutionContext;
  readonly #loop: Loop;
  readonly #items: Json[];
  readonly #results: ExecutionResult[] = [];
  readonly #failed = new AbortController();
  readonly #stop: AbortSignal;
  #next = 0;

  constructor(context: ExecutionContext, loop: Loop, items: Json[]) {
    this.#context = context;
    this.#loop = loop;
    this.#items = items;
    this.#stop = AbortSignal.any([context.stop, this.#failed.signal]);
  }

  async run(): Promise<LoopResult> {
    const lanes = Math.min(this.#loop.parallel, this.#items.length);
    await Promise.all(Array.from({ length: lanes }, () => this.#lane()));
    return summarize(this.#results);
  }

  /** Takes one item after the other. */
  async #lane(): Promise<void> {
    const { workload, scope } = this.#context;
    const renderer = scope.itemRenderer(workload, this.#loop);
    for (let item = this.#next++; item < this.#items.length; item = this.#next++) {
      const result = await this.#runItem(item, renderer);
      this.#results[item] = result;
      const { status } = result;
      this.#context.onItem({ item, items: this.#items.length, status });
      if (status === 'Failed' && this.#loop.failFast) this.#failed.abort();
    }
  }

  async #runItem(item: number, renderer: ItemRenderer): Promise<ExecutionResult> {
    if (this.#stop.aborted) return canceledItem();
    renderer.enter(this.#items[item] ?? null, item, this.#items.length);
    return execute({ ...this.#context, stop: this.#stop, item }, renderer);
  }
}

async function itemsOf(loop: Loop, renderer: Renderer): Promise<Json[]> {
  const items = await renderer.render(loop.items);
  if (!Array.isArray(items)) {
    const type = items === null ? 'null' : typeof items;
    throw new OrkError('invalid-argument', `\`loop\` must yield a list, not ${type}`, {
      reason: 'workload.loop-not-list',
      hint: 'for the keys of a map, write {{ .map.map(key, key) }}',
    });
  }
  if (items.length <= MAX_ITEMS) return items;
  const message = `\`loop\` has ${items.length} items; at most ${MAX_ITEMS} are run`;
  throw new OrkError('resource-exhausted', message, {
    reason: 'workload.loop-too-long',
    hint: 'let a stream carry them: data:generate_from_list',
  });
}

/** A loop fails with the first of its items, in their order, that has failed. */
function summarize(results: ExecutionResult[]): LoopResult {
  const attempts = results.reduce((sum, result) => sum + result.attempts, 0);
  const summary = countByStatus(results);
  const first = results.findIndex(({ status }) => status === 'Failed');
  const common = { summary, attempts, results };
  if (first >= 0) return { ...common, status: 'Failed', error: itemError(results, first) };
  if (results.some(({ status }) => status === 'Canceled')) {
    const error = new OrkError('canceled', 'the run was stopped').toDetails();
    return { ...common, status: 'Canceled', error };
  }
  if (results.length > 0 && results.every(({ status }) => status === 'Skipped')) {
    return { ...common, ...skippedAs(results), status: 'Skipped', error: null, summary: null };
  }
  return { ...common, status: 'Completed', error: null };
}

function skippedAs(results: ExecutionResult[]): Pick<ExecutionResult, 'reason' | 'wouldRun'> {
  if (results.some(({ wouldRun }) => wouldRun)) return { reason: 'would run', wouldRun: true };
  return { reason: '`when` was false for every item' };
}

function countByStatus(results: ExecutionResult[]): JsonObject {
  const count = (status: ExecutionResult['status']): number =>
    results.filter((result) => result.status === status).length;
  return {
    items: results.length,
    completed: count('Completed'),
    failed: count('Failed'),
    skipped: count('Skipped'),
    canceled: count('Canceled'),
  };
}

function itemError(results: ExecutionResult[], first: number): ExecutionResult['error'] {
  const error = results[first]?.error;
  const failures = results.filter(({ status }) => status === 'Failed').length;
  const others = failures > 1 ? ` (and ${failures - 1} more)` : '';
  return error ? { ...error, message: `item ${first}: ${error.message}${others}` } : null;
}

function canceledItem(): ExecutionResult {
  const error = new OrkError('canceled', 'the loop was stopped before this item').toDetails();
  return { status: 'Canceled', summary: null, error, attempts: 0, durationMs: 0 };
}

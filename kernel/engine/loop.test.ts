import { expect, test } from 'vitest';
import { builtInModules } from '../components/built-in.ts';
import { PLAYBOOK_CALL } from '../playbook/call.ts';
import { OrkError } from '../types/errors.ts';
import type { Json } from '../types/json.ts';
import type { ItemEnd, RunReport } from './events.ts';
import type { ExecutionContext } from './execution.ts';
import { runLoop } from './loop.ts';
import type { PlaybookCall } from './nested-runs.ts';

/** How an item ends: by its own will, or `held` until it is told to stop. */
type Ending = 'completes' | 'fails' | 'skipped' | 'held';

interface Setting {
  endings: Ending[];
  parallel?: number;
  failFast?: boolean;
  stop?: AbortSignal;
  /** Items that end only when those after them have. */
  reversed?: boolean;
}

/** A loop over calls of a playbook, which need no worker: what each call does is up to the test. */
function setUp({ endings, parallel = 1, failFast = false, stop, reversed = false }: Setting) {
  const called: number[] = [];
  const ends: ItemEnd[] = [];
  const seen = { running: 0, most: 0 };
  const release = endings.map(() => Promise.withResolvers<void>());
  const call = async ({ caller }: PlaybookCall, signal: AbortSignal): Promise<RunReport> => {
    const item = Number(/\[(\d+)\]/.exec(caller)?.[1]);
    called.push(item);
    seen.most = Math.max(seen.most, ++seen.running);
    await new Promise((resolve) => setImmediate(resolve));
    if (endings[item] === 'held' && !signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
    if (reversed && item + 1 < endings.length) await release[item + 1]?.promise;
    release[item]?.resolve();
    seen.running -= 1;
    return report(endings[item] ?? 'completes', item);
  };
  let entered = 0;
  const manifest = builtInModules().find(({ manifest: { name } }) => name === PLAYBOOK_CALL);
  const context = {
    workload: {
      name: 'w',
      when: 'when',
      process: { module: PLAYBOOK_CALL, params: { path: 'x.yaml' } },
    },
    scope: {
      itemRenderer: () => {
        let item = 0;
        return {
          enter: (_: Json, index: number) => {
            item = index;
            entered += 1;
          },
          render: async (value: Json) => (value === 'when' ? endings[item] !== 'skipped' : value),
        };
      },
    },
    registry: { describe: () => manifest },
    calls: new Map([['w', { file: 'x.yaml' }]]),
    call,
    sandbox: async () => ({ security: {} }),
    streams: { inputs: [], outputs: [] },
    stop: stop ?? new AbortController().signal,
    now: () => 0,
    random: () => 0,
    onStarted: () => {},
    onItem: (end: ItemEnd) => ends.push(end),
  } as unknown as ExecutionContext;
  const loop = { items: endings, parallel, loopVar: 'item', failFast };
  const run = () => runLoop(context, loop, { render: async (value) => value });
  return { run, context, called, ends, seen, entered: () => entered };
}

const STATUSES = {
  completes: 'Completed',
  fails: 'Failed',
  held: 'Canceled',
  skipped: 'Completed',
} as const;

function report(ending: Ending, item: number): RunReport {
  return {
    runId: 'r',
    playbook: 'p',
    status: STATUSES[ending],
    dryRun: false,
    startedAt: 0,
    durationMs: 0,
    outputs: { item },
    workloads: new Map(),
    notEnforced: [],
    error: ending === 'fails' ? new OrkError('io', `${item} broke`).toDetails() : null,
  };
}

const statuses = (results: { status: string }[]): string[] => results.map(({ status }) => status);

test('results stand in the order of the items, in whatever order those end', async () => {
  const { run, ends } = setUp({
    endings: ['completes', 'completes', 'completes'],
    parallel: 3,
    reversed: true,
  });
  const { results } = await run();
  expect(results.map(({ summary }) => summary)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
  expect(ends.map(({ item }) => item)).toEqual([2, 1, 0]);
  expect(ends).toContainEqual({ item: 1, items: 3, status: 'Completed' });
});

test.each([1, 2, 5])('as many items run at once as `parallel` says: %d', async (parallel) => {
  const { run, seen, called } = setUp({ endings: Array(20).fill('completes'), parallel });
  await run();
  expect(seen.most).toBe(parallel);
  expect(called.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test('no more are entered at once than there are items', async () => {
  const { run, entered } = setUp({ endings: ['completes'], parallel: 5 });
  await run();
  expect(entered()).toBe(1);
});

test('without fail_fast every item runs, and the first failure is named', async () => {
  const { run, called } = setUp({ endings: ['fails', 'completes', 'fails', 'fails'] });
  const result = await run();
  expect(called).toEqual([0, 1, 2, 3]);
  expect(result).toMatchObject({
    status: 'Failed',
    attempts: 4,
    summary: { items: 4, completed: 1, failed: 3, skipped: 0, canceled: 0 },
    error: { code: 'io', message: 'item 0: x.yaml: 0 broke (and 2 more)' },
  });
});

test('with fail_fast the first failure stops what runs, and what waits does not start', async () => {
  const { run, called } = setUp({
    endings: ['held', 'fails', 'completes', 'skipped'],
    parallel: 2,
    failFast: true,
  });
  const result = await run();
  expect(called).toEqual([0, 1]);
  expect(statuses(result.results)).toEqual(['Canceled', 'Failed', 'Canceled', 'Canceled']);
  expect(result).toMatchObject({ status: 'Failed', attempts: 2, error: { code: 'io' } });
  expect(result.error?.message).toBe('item 1: x.yaml: 1 broke');
});

test('a loop that is stopped is canceled, with what it had done', async () => {
  const stop = new AbortController();
  const { run, called } = setUp({
    endings: ['completes', 'held', 'completes'],
    stop: stop.signal,
  });
  const running = run();
  while (called.length < 2) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  const result = await running;
  expect(statuses(result.results)).toEqual(['Completed', 'Canceled', 'Canceled']);
  expect(result).toMatchObject({ status: 'Canceled', error: { code: 'canceled' } });
});

test('items that `when` does not choose are skipped, and the rest completes the loop', async () => {
  const { run } = setUp({ endings: ['skipped', 'completes', 'skipped'] });
  const result = await run();
  expect(statuses(result.results)).toEqual(['Skipped', 'Completed', 'Skipped']);
  expect(result).toMatchObject({ status: 'Completed', attempts: 1, error: null });
});

test('a loop of which no item is chosen is skipped', async () => {
  const { run } = setUp({ endings: ['skipped', 'skipped'] });
  expect(await run()).toMatchObject({
    status: 'Skipped',
    summary: null,
    reason: '`when` was false for every item',
  });
});

test('a loop over nothing completes', async () => {
  const { run } = setUp({ endings: [] });
  expect(await run()).toEqual({
    status: 'Completed',
    summary: { items: 0, completed: 0, failed: 0, skipped: 0, canceled: 0 },
    error: null,
    attempts: 0,
    results: [],
  });
});

test.each<[string, Json, string]>([
  ['a map', { a: 1 }, 'not object'],
  ['nothing', null, 'not null'],
  ['text', 'abc', 'not string'],
])('%s is no list', async (_, items, text) => {
  const { context } = setUp({ endings: [] });
  const loop = { items, parallel: 1, loopVar: 'item', failFast: false };
  await expect(runLoop(context, loop, { render: async (value) => value })).rejects.toMatchObject({
    code: 'invalid-argument',
    reason: 'workload.loop-not-list',
    message: expect.stringContaining(text),
  });
});

test('more than a hundred thousand items are refused before any has started', async () => {
  const { context, called } = setUp({ endings: [] });
  const over = (length: number) => {
    const loop = { items: [], parallel: 1, loopVar: 'item', failFast: false };
    return runLoop(context, loop, { render: async () => Array(length).fill('skipped') });
  };
  await expect(over(100_001)).rejects.toMatchObject({
    code: 'resource-exhausted',
    reason: 'workload.loop-too-long',
  });
  expect(called).toEqual([]);
});

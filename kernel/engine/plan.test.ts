import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Edge, EdgeKind, Graph, WorkloadName } from '../playbook/model.ts';
import { type Action, isFinished, type PlanInput, plan } from './plan.ts';
import { type LaterState, type WorkloadState, WorkloadStates } from './workload-states.ts';

const name = (text: string): WorkloadName => text as WorkloadName;

function graphOf(
  nodes: string[],
  edges: [string, string, EdgeKind?][],
  groups?: string[][],
): Graph {
  return {
    nodes: nodes.map(name),
    edges: edges.map(
      ([from, to, kind = 'order']): Edge => ({ from: name(from), to: name(to), kind }),
    ),
    groups: (groups ?? nodes.map((node) => [node])).map((group) => group.map(name)),
    handlers: new Map(),
  };
}

function states(given: Record<string, WorkloadState>): WorkloadStates {
  const all = new WorkloadStates(Object.keys(given).map(name));
  for (const [key, state] of Object.entries(given)) {
    if (state.status !== 'Pending') all.set(name(key), state);
  }
  return all;
}

const pending: WorkloadState = { status: 'Pending' };
const running: LaterState = { status: 'Running' };
const completed: LaterState = { status: 'Completed' };
const failed: LaterState = { status: 'Failed', ignored: false };

type PlanOptions = Partial<Pick<PlanInput, 'maxParallel' | 'phase'>> & { finals?: string[] };

function planOf(
  graph: Graph,
  statuses: Record<string, WorkloadState>,
  { finals = [], ...options }: PlanOptions = {},
): Action[] {
  const given = { graph, states: states(statuses), finals: new Set(finals.map(name)) };
  return plan({ ...given, maxParallel: 8, phase: 'running', ...options });
}

function starts(...members: string[]): Action {
  return { kind: 'start', members: members.map(name), reason: 'dependencies satisfied' };
}

function skips(workload: string, upstream: string): Action {
  return { kind: 'skip', workload: name(workload), upstream: name(upstream), cause: 'upstream' };
}

const chain = graphOf(['a', 'b'], [['a', 'b']]);

test('what depends on nothing starts at once', () => {
  expect(planOf(chain, { a: pending, b: pending })).toEqual([starts('a')]);
});

test('a dependent waits for its upstream, and starts when it has completed', () => {
  expect(planOf(chain, { a: running, b: pending })).toEqual([]);
  expect(planOf(chain, { a: completed, b: pending })).toEqual([starts('b')]);
});

test('a failed upstream skips its dependents', () => {
  expect(planOf(chain, { a: failed, b: pending })).toEqual([skips('b', 'a')]);
});

test('an ignored failure counts as completed', () => {
  const ignored: WorkloadState = { status: 'Failed', ignored: true };
  expect(planOf(chain, { a: ignored, b: pending })).toEqual([starts('b')]);
});

test('an upstream skipped by its own `when` is satisfied, one skipped by a failure is not', () => {
  const byWhen: WorkloadState = { status: 'Skipped', by: 'when' };
  const byUpstream: WorkloadState = { status: 'Skipped', by: 'upstream' };
  expect(planOf(chain, { a: byWhen, b: pending })).toEqual([starts('b')]);
  expect(planOf(chain, { a: byUpstream, b: pending })).toEqual([skips('b', 'a')]);
});

test('a failure handler needs its upstream only to have ended', () => {
  const handled = { ...chain, handlers: new Map([[name('b'), new Set([name('a')])]]) };
  expect(planOf(handled, { a: running, b: pending })).toEqual([]);
  expect(planOf(handled, { a: failed, b: pending })).toEqual([
    { ...starts('b'), reason: 'failure handler' },
  ]);
});

test('workloads joined by streams start together and take one slot', () => {
  const graph = graphOf(['p', 'c', 'x'], [['p', 'c', 'stream']], [['p', 'c'], ['x']]);
  expect(planOf(graph, { p: pending, c: pending, x: pending }, { maxParallel: 1 })).toEqual([
    starts('p', 'c'),
  ]);
});

test('a stream group waits until every member may start', () => {
  const graph = graphOf(
    ['a', 'p', 'c'],
    [
      ['p', 'c', 'stream'],
      ['a', 'c'],
    ],
    [['a'], ['p', 'c']],
  );
  expect(planOf(graph, { a: running, p: pending, c: pending })).toEqual([]);
});

test('no more groups run than there are slots', () => {
  const graph = graphOf(['a', 'b', 'c'], []);
  expect(planOf(graph, { a: running, b: pending, c: pending }, { maxParallel: 2 })).toEqual([
    starts('b'),
  ]);
});

test('a stopping run cancels what has not started', () => {
  expect(planOf(chain, { a: running, b: pending }, { phase: 'stopping' })).toEqual([
    { kind: 'cancel', workload: 'b' },
  ]);
});

test('dependents of a service start when it is ready', () => {
  const ready: WorkloadState = { status: 'Ready' };
  expect(planOf(chain, { a: ready, b: pending })).toEqual([starts('b')]);
});

test('a service that is ready takes no slot', () => {
  const graph = graphOf(['s', 'x'], []);
  const given = { s: { status: 'Ready' } as const, x: pending };
  expect(planOf(graph, given, { maxParallel: 1 })).toEqual([starts('x')]);
});

test('services are stopped when nothing else is left', () => {
  const graph = graphOf(['s', 'x'], []);
  const ready: WorkloadState = { status: 'Ready' };
  expect(planOf(graph, { s: ready, x: running })).toEqual([]);
  expect(planOf(graph, { s: ready, x: failed })).toEqual([{ kind: 'stop-service', workload: 's' }]);
  expect(planOf(graph, { s: { status: 'Stopping' }, x: failed })).toEqual([]);
});

const withFinal = graphOf(['a', 'b', 'f'], [['a', 'f']]);
const final = { finals: ['f'] };
const startsFinal: Action = { ...starts('f'), reason: 'finally' } as Action;

test('what runs finally waits for everything else, not only for its upstream', () => {
  expect(planOf(withFinal, { a: completed, b: running, f: pending }, final)).toEqual([]);
  expect(planOf(withFinal, { a: completed, b: completed, f: pending }, final)).toEqual([
    startsFinal,
  ]);
});

test('what runs finally runs after a failure, and when the run is stopped', () => {
  expect(planOf(withFinal, { a: failed, b: completed, f: pending }, final)).toEqual([startsFinal]);
  const canceled: WorkloadState = { status: 'Canceled' };
  const options = { ...final, phase: 'stopping' } as const;
  expect(planOf(withFinal, { a: canceled, b: canceled, f: pending }, options)).toEqual([
    startsFinal,
  ]);
});

test('when everything is ended at once, not even that runs', () => {
  const given = { a: completed, b: completed, f: pending };
  expect(planOf(withFinal, given, { ...final, phase: 'ending' })).toEqual([
    { kind: 'cancel', workload: 'f' },
  ]);
});

test('services are stopped before what runs finally', () => {
  const given = { a: { status: 'Ready' } as const, b: completed, f: pending };
  expect(planOf(withFinal, given, final)).toEqual([{ kind: 'stop-service', workload: 'a' }]);
});

test('a `finally` that failed skips the one that depends on it', () => {
  const graph = graphOf(['f', 'g'], [['f', 'g']]);
  expect(planOf(graph, { f: failed, g: pending }, { finals: ['f', 'g'] })).toEqual([
    skips('g', 'f'),
  ]);
});

test('in a dry run, what reads an unknown result would run; what only comes after it, runs', () => {
  const graph = graphOf(
    ['a', 'b', 'c'],
    [
      ['a', 'b', 'state'],
      ['a', 'c', 'order'],
    ],
  );
  const unknown: WorkloadState = { status: 'Skipped', by: 'dry-run' };
  expect(planOf(graph, { a: unknown, b: pending, c: completed })).toEqual([
    { kind: 'skip', workload: 'b', upstream: 'a', cause: 'dry-run' },
  ]);
  expect(planOf(graph, { a: unknown, b: unknown, c: pending })).toEqual([starts('c')]);
});

test('any graph with any failures runs to its end, and obeys its edges on the way', () => {
  const scenario = fc.record({
    size: fc.integer({ min: 1, max: 12 }),
    pairs: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 25 }),
    failing: fc.array(fc.nat(11)),
    maxParallel: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(scenario, ({ size, pairs, failing, maxParallel }) => {
      const nodes = Array.from({ length: size }, (_, index) => `n${index}`);
      const edges = pairs
        .filter(([from, to]) => from < to && to < size)
        .map(([from, to]): [string, string] => [`n${from}`, `n${to}`]);
      const graph = graphOf(nodes, edges);
      const now = states(Object.fromEntries(nodes.map((node) => [node, pending])));
      const step = (): Action[] =>
        plan({ graph, states: now, finals: new Set(), maxParallel, phase: 'running' });
      for (let turn = 0; turn < 4 * size && !isFinished(now); turn++) {
        for (let actions = step(); actions.length > 0; actions = step()) {
          for (const action of actions) apply(action, now, graph);
        }
        const active = [...now.entries()].filter(([, state]) => state.status === 'Running');
        expect(active.length).toBeLessThanOrEqual(maxParallel);
        const [first] = active[0] ?? [];
        if (first === undefined) break;
        now.set(first, failing.includes(Number(first.slice(1))) ? failed : completed);
      }
      expect(isFinished(now)).toBe(true);
      expect(step()).toEqual([]);
    }),
  );
});

function apply(action: Action, now: WorkloadStates, graph: Graph): void {
  if (action.kind === 'skip') {
    expect(['Failed', 'Skipped']).toContain(now.get(action.upstream)?.status);
    now.set(action.workload, { status: 'Skipped', by: 'upstream' });
  }
  if (action.kind !== 'start') return;
  for (const member of action.members) {
    expect(now.get(member)?.status).toBe('Pending');
    const upstream = graph.edges.filter(({ to }) => to === member).map(({ from }) => from);
    for (const from of upstream) expect(now.get(from)?.status).toBe('Completed');
    now.set(member, running);
  }
}

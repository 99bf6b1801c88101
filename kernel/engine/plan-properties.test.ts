import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../test/support/property-runs.ts';
import { buildGraph } from '../playbook/graph.ts';
import type { Edge, EdgeKind, Graph, WorkloadName } from '../playbook/model.ts';
import { type Action, isFinished, plan } from './plan.ts';
import { type LaterState, type WorkloadState, WorkloadStates } from './workload-states.ts';

const SIZE = 10;

/** How a workload will end once it runs; a service gets ready first. */
type Fate = 'Completed' | 'Failed' | 'ignored' | 'when' | 'dry-run' | 'service' | 'broken service';

interface Scenario {
  graph: Graph;
  finals: Set<WorkloadName>;
  fates: Map<WorkloadName, Fate>;
  maxParallel: number;
  /** After how many turns the run is stopped, and whether at once. */
  stopAfter: { turns: number; phase: 'stopping' | 'ending' } | undefined;
  /** Picks who ends next. */
  picks: number[];
}

const name = (index: number): WorkloadName => `w${index}` as WorkloadName;
const fate = fc.constantFrom<Fate>(
  'Completed',
  'Completed',
  'Failed',
  'ignored',
  'when',
  'dry-run',
  'service',
  'broken service',
);

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    pairs: fc.array(
      fc.record({
        from: fc.nat(SIZE - 1),
        to: fc.nat(SIZE - 1),
        kind: fc.constantFrom<EdgeKind>('order', 'order', 'state', 'stream'),
        handles: fc.boolean(),
      }),
      { maxLength: 20 },
    ),
    finalsFrom: fc.integer({ min: SIZE - 3, max: SIZE }),
    fates: fc.array(fate, { minLength: SIZE, maxLength: SIZE }),
    maxParallel: fc.integer({ min: 1, max: 4 }),
    stopAfter: fc.option(
      fc.record({
        turns: fc.nat(8),
        phase: fc.constantFrom('stopping' as const, 'ending' as const),
      }),
      { nil: undefined },
    ),
    picks: fc.array(fc.nat(1000), { minLength: 4 * SIZE, maxLength: 4 * SIZE }),
  })
  .map(({ pairs, finalsFrom, fates, ...rest }) => {
    const nodes = Array.from({ length: SIZE }, (_, index) => name(index));
    const isFinal = (index: number) => index >= finalsFrom;
    const valid = pairs.filter(
      ({ from, to, kind }) =>
        from < to && (kind !== 'stream' || (isFinal(from) === isFinal(to) && to === from + 1)),
    );
    const edges = valid.map(
      ({ from, to, kind }): Edge => ({ from: name(from), to: name(to), kind }),
    );
    const handlers = new Map<WorkloadName, Set<WorkloadName>>();
    for (const { from, to, kind, handles } of valid) {
      if (!handles || kind !== 'state') continue;
      handlers.set(name(to), (handlers.get(name(to)) ?? new Set()).add(name(from)));
    }
    const graph = withoutEdgesInGroups(buildGraph(nodes, edges, handlers));
    return {
      graph,
      finals: new Set(nodes.filter((_, index) => isFinal(index))),
      fates: new Map(nodes.map((node, index) => [node, fates[index] ?? 'Completed'] as const)),
      ...rest,
    };
  })
  .filter(({ graph }) => groupsAreConvex(graph));

/** Validation refuses an edge other than a stream between members of one group. */
function withoutEdgesInGroups(graph: Graph): Graph {
  const groupOf = new Map(
    graph.groups.flatMap((group) => group.map((node) => [node, group] as const)),
  );
  const edges = graph.edges.filter(
    ({ from, to, kind }) => kind === 'stream' || groupOf.get(from) !== groupOf.get(to),
  );
  return { ...graph, edges };
}

/** Validation refuses a cycle of groups. Members are neighbours in order, so that comparing their ends is enough. */
function groupsAreConvex({ groups, edges }: Graph): boolean {
  const last = new Map(
    groups.flatMap((group) => group.map((node) => [node, indexOf(group.at(-1))] as const)),
  );
  const first = new Map(
    groups.flatMap((group) => group.map((node) => [node, indexOf(group[0])] as const)),
  );
  return edges.every(
    ({ from, to, kind }) => kind === 'stream' || (last.get(from) ?? 0) < (first.get(to) ?? 0),
  );
}

function indexOf(node: WorkloadName | undefined): number {
  return Number(node?.slice(1));
}

const ENDED = ['Completed', 'Failed', 'Skipped', 'Canceled'];

/** Carries out a plan with made-up outcomes, and watches that no sentence of the language is broken. */
class Simulation {
  readonly states: WorkloadStates;
  readonly #scenario: Scenario;
  #phase: 'running' | 'stopping' | 'ending' = 'running';

  constructor(given: Scenario) {
    this.#scenario = given;
    this.states = new WorkloadStates(given.graph.nodes);
  }

  run(): void {
    const { picks, stopAfter } = this.#scenario;
    for (const [turn, pick] of picks.entries()) {
      if (turn === stopAfter?.turns) this.#stop(stopAfter.phase);
      this.#settle();
      if (isFinished(this.states)) return;
      this.#endOne(pick);
    }
  }

  plan(): Action[] {
    const { graph, finals, maxParallel } = this.#scenario;
    return plan({ graph, states: this.states, finals, maxParallel, phase: this.#phase });
  }

  /** What runs is told to stop; it ends as canceled, but for what runs finally unless all is ended. */
  #stop(phase: 'stopping' | 'ending'): void {
    this.#phase = phase;
    for (const [node, { status }] of this.states.entries()) {
      const spared = phase === 'stopping' && this.#scenario.finals.has(node);
      if (!ENDED.includes(status) && status !== 'Pending' && !spared) {
        this.states.set(node, { status: 'Canceled' });
      }
    }
  }

  #settle(): void {
    for (let actions = this.plan(); actions.length > 0; actions = this.plan()) {
      expect(this.plan()).toEqual(actions);
      for (const action of actions) this.#carryOut(action);
    }
    const { graph, maxParallel } = this.#scenario;
    const running = graph.groups.filter((group) => group.some((node) => this.#is(node, 'Running')));
    expect(running.length).toBeLessThanOrEqual(maxParallel);
  }

  #carryOut(action: Action): void {
    switch (action.kind) {
      case 'start':
        for (const member of action.members) this.#checkStart(member, action.members);
        for (const member of action.members) this.states.set(member, { status: 'Running' });
        return;
      case 'skip':
        expect(this.#is(action.workload, 'Pending')).toBe(true);
        expect(this.#isForgiving(action.upstream, action.workload)).toBe(false);
        expect(['Failed', 'Skipped', 'Canceled']).toContain(
          this.states.get(action.upstream)?.status,
        );
        this.states.set(action.workload, { status: 'Skipped', by: action.cause });
        return;
      case 'cancel':
        expect(this.#phase).not.toBe('running');
        expect(this.#is(action.workload, 'Pending')).toBe(true);
        this.states.set(action.workload, { status: 'Canceled' });
        return;
      case 'stop-service':
        expect(this.#is(action.workload, 'Ready')).toBe(true);
        this.states.set(action.workload, { status: 'Completed' });
    }
  }

  #checkStart(member: WorkloadName, together: WorkloadName[]): void {
    const { graph, finals } = this.#scenario;
    expect(this.#is(member, 'Pending')).toBe(true);
    const final = finals.has(member);
    if (this.#phase === 'stopping') expect(final).toBe(true);
    expect(this.#phase).not.toBe('ending');
    if (final)
      for (const node of graph.nodes)
        if (!finals.has(node)) expect(this.#hasEnded(node)).toBe(true);
    for (const edge of graph.edges.filter(({ to }) => to === member)) {
      if (!together.includes(edge.from)) this.#checkUpstream(edge);
    }
  }

  /** A dependent starts after its upstream; after a failed one only a handler, and what runs finally. */
  #checkUpstream({ from, to, kind }: Edge): void {
    const upstream = this.states.get(from) ?? { status: 'Pending' };
    expect(['Ready', ...ENDED]).toContain(upstream.status);
    if (this.#isForgiving(from, to)) return;
    if (upstream.status === 'Failed') expect(upstream.ignored).toBe(true);
    if (upstream.status === 'Skipped') expect(upstream.by).not.toBe('upstream');
    if (upstream.status === 'Skipped' && upstream.by === 'dry-run') expect(kind).toBe('order');
    expect(upstream.status).not.toBe('Canceled');
  }

  /** A failure handler of `from`, or what runs finally after it. */
  #isForgiving(from: WorkloadName, to: WorkloadName): boolean {
    const { graph, finals } = this.#scenario;
    const handles = graph.handlers.get(to)?.has(from) === true;
    // A dry run knows no more of its result than anybody else's.
    if (this.#isUnknown(from)) return false;
    return handles || (finals.has(to) && !finals.has(from));
  }

  #isUnknown(node: WorkloadName): boolean {
    const state = this.states.get(node);
    return state?.status === 'Skipped' && state.by === 'dry-run';
  }

  #endOne(pick: number): void {
    const active = [...this.states.entries()].filter(
      ([, { status }]) => status === 'Running' || status === 'Ready',
    );
    // A run that waits for nobody has come to a standstill.
    expect(active.length).toBeGreaterThan(0);
    const breakable = active.filter(
      ([node, { status }]) => status === 'Running' || this.#fate(node) === 'broken service',
    );
    const [node, state] = breakable[pick % breakable.length] ?? [];
    if (node === undefined || state === undefined) return;
    this.states.set(node, endOf(this.#fate(node), state));
  }

  #fate(node: WorkloadName): Fate {
    return this.#scenario.fates.get(node) ?? 'Completed';
  }

  #is(node: WorkloadName, status: WorkloadState['status']): boolean {
    return this.states.get(node)?.status === status;
  }

  #hasEnded(node: WorkloadName): boolean {
    return ENDED.includes(this.states.get(node)?.status ?? '');
  }
}

function endOf(given: Fate, before: WorkloadState): LaterState {
  switch (given) {
    case 'Completed':
      return { status: 'Completed' };
    case 'Failed':
      return { status: 'Failed', ignored: false };
    case 'ignored':
      return { status: 'Failed', ignored: true };
    case 'when':
    case 'dry-run':
      return { status: 'Skipped', by: given };
    case 'service':
    case 'broken service':
      return before.status === 'Running'
        ? { status: 'Ready' }
        : { status: 'Failed', ignored: false };
  }
}

test(
  'any playbook, whatever becomes of its workloads, obeys its dependencies and comes to its end',
  () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const simulation = new Simulation(given);
        simulation.run();
        expect(isFinished(simulation.states)).toBe(true);
        expect(simulation.plan()).toEqual([]);
      }),
      propertyRuns(500),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

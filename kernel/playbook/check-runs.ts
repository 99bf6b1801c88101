import type { TriggerRead } from './check-templates.ts';
import type { Checking, TracedEdge } from './checking.ts';
import type { DraftWorkload } from './draft.ts';
import type { Graph, WorkloadName } from './model.ts';
import { asWorkloadName } from './names.ts';
import { triggersAbove } from './regions.ts';

/** Rules about which workloads belong to one run, and about what runs at its end. */
export class RunChecks {
  readonly #checking: Checking;
  readonly #edges: TracedEdge[];
  readonly #above: Map<WorkloadName, Set<WorkloadName>>;

  constructor(checking: Checking, graph: Graph, edges: TracedEdge[]) {
    const triggers = checking.draft.workloads.filter(isTrigger);
    const names = triggers.map(({ name }) => asWorkloadName(name));
    this.#checking = checking;
    this.#edges = edges;
    this.#above = triggersAbove(graph, names, (name) => {
      const workload = this.#find(name);
      return workload !== undefined && canBelong(workload);
    });
  }

  check(triggerReads: TriggerRead[]): void {
    for (const edge of this.#edges) {
      if (!this.#checkFinallyEdge(edge)) this.#checkBoundary(edge);
    }
    for (const workload of this.#checking.draft.workloads) this.#checkTriggers(workload);
    for (const read of triggerReads) this.#checkRead(read);
  }

  #checkFinallyEdge({ from, to, kind, position }: TracedEdge): boolean {
    const [upstream, downstream] = [this.#find(from), this.#find(to)];
    if (!upstream?.finally || downstream === undefined || downstream.finally) {
      if (kind !== 'stream' || upstream?.finally || !downstream?.finally) return false;
      this.#error(
        `'${to}' runs after all else has ended, '${from}' included: it cannot read its stream`,
        position,
      );
      return true;
    }
    const hint = `make '${to}' a \`finally\` as well`;
    this.#error(
      `'${from}' is a \`finally\`, so only another \`finally\` can depend on it`,
      position,
      hint,
    );
    return true;
  }

  /** No stream crosses the boundary of a run, and nothing can wait for a trigger to end. */
  #checkBoundary({ from, to, kind, position }: TracedEdge): void {
    const { problems } = this.#checking;
    const [upstream, downstream] = [this.#find(from), this.#find(to)];
    if (upstream === undefined || downstream === undefined) return;
    const above = this.#above.get(from);
    if (above !== undefined && (kind === 'trigger' || !canBelong(downstream))) {
      const message = `'${to}' cannot depend on '${from}', which runs anew for each ${this.#occasion(above)}`;
      problems.error('playbook.run-boundary', message, position);
      return;
    }
    // A trigger with stream_inputs is reported as such.
    if (kind !== 'stream' || isTrigger(downstream) || this.#shareRun(upstream, downstream)) return;
    const message = `'${to}' reads the stream of '${from}', which is not part of the same run`;
    problems.error('playbook.run-boundary', message, position, adviceFor(upstream, downstream));
  }

  /** Supervised workloads are part of no run and read each other's streams; one without a policy may be anything. */
  #shareRun(upstream: DraftWorkload, downstream: DraftWorkload): boolean {
    if (upstream.policy === '' || downstream.policy === '') return true;
    const supervised = [upstream, downstream].filter(isSupervised).length;
    if (supervised > 0) return supervised === 2;
    const [above, below] = [upstream, downstream].map(
      ({ name }) => this.#above.get(asWorkloadName(name)) ?? new Set<WorkloadName>(),
    ) as [Set<WorkloadName>, Set<WorkloadName>];
    return above.symmetricDifference(below).size === 0;
  }

  #checkTriggers({ name, path }: DraftWorkload): void {
    const triggers = [...(this.#above.get(asWorkloadName(name)) ?? [])];
    if (triggers.length < 2) return;
    const position = this.#checking.loaded.map.valuePosition([...path, 'name']);
    const message = `'${name}' depends on two triggers: ${triggers.join(' and ')}`;
    const hint = 'split it: each run has one trigger';
    this.#checking.problems.error('playbook.two-triggers', message, position, hint);
  }

  #checkRead({ workload, name, position }: TriggerRead): void {
    const policy = name === 'event' ? 'event_driven' : 'scheduled';
    const above = this.#above.get(workload) ?? [];
    if ([...above].some((trigger) => this.#find(trigger)?.policy === policy)) return;
    const message = `'${name}' exists only in ${policy} workloads and what depends on them`;
    this.#checking.problems.error('playbook.unknown-name', message, position);
  }

  #occasion(triggers: Set<WorkloadName>): string {
    const policies = [...triggers].map((name) => this.#find(name)?.policy);
    return policies.includes('event_driven') ? 'event' : 'activation';
  }

  #find(name: WorkloadName): DraftWorkload | undefined {
    return this.#checking.draft.byName.get(name);
  }

  #error(message: string, position: TracedEdge['position'], hint?: string): void {
    this.#checking.problems.error('playbook.finally', message, position, hint);
  }
}

function isTrigger({ policy }: DraftWorkload): boolean {
  return policy === 'event_driven' || policy === 'scheduled';
}

function isSupervised({ policy }: DraftWorkload): boolean {
  return policy === 'supervise';
}

/** What can be part of a run that something else has triggered. */
function canBelong({ policy }: DraftWorkload): boolean {
  return policy === 'run_once' || policy === '';
}

function adviceFor(upstream: DraftWorkload, downstream: DraftWorkload): string | undefined {
  if (isSupervised(upstream)) {
    return `supervise '${downstream.name}' too, or take the records as the events of an event_driven workload`;
  }
  return isSupervised(downstream) ? `supervise '${upstream.name}' too` : undefined;
}

import { Redactor } from '../observability/redaction/redactor.ts';
import type { CheckedPlaybook } from '../playbook/call.ts';
import { bindInputs } from '../playbook/input-values.ts';
import type { SecurityContext, WorkloadName } from '../playbook/model.ts';
import type { JsonObject } from '../types/json.ts';
import type { RunEvent, RunReport } from './events.ts';
import type { RunOptions } from './run-options.ts';

/** One run of a playbook that a workload asks for. */
export interface PlaybookCall {
  called: CheckedPlaybook;
  inputs: JsonObject;
  /** The calling workload; of a loop with the item, as `check[2]`. */
  caller: string;
  /** What the calling workload may do. */
  ceiling: SecurityContext;
}

/**
 * The options for a run inside a run: the same workers, secrets and workspace, its own inputs, results and state. Secrets stay in
 * what it tells, for the outer run to remove. Throws `invalid-argument` for inputs that do not fit.
 */
export function nestedOptions(
  outer: RunOptions,
  { called, inputs, caller, ceiling }: PlaybookCall,
  tell: (event: RunEvent) => void,
): RunOptions {
  const { selected: _, ...shared } = outer;
  const { playbook, graph, calls } = called;
  const vars = { ...playbook.vars, ...bindInputs(playbook.inputs, inputs) };
  return {
    ...shared,
    playbook: { ...playbook, vars },
    graph,
    calls,
    ceiling,
    runId: outer.uuid(),
    redactor: new Redactor(),
    onEvent: (event) => {
      const passed = nameWithin(event, caller);
      if (passed !== undefined) tell(passed);
    },
  };
}

/** An event as the outer run tells it; that a run inside it begins and ends, it tells of the calling workload. */
function nameWithin(event: RunEvent, caller: string): RunEvent | undefined {
  const below = (name: string) => `${caller}/${name}` as WorkloadName;
  switch (event.event) {
    case 'run.started':
    case 'run.stopping':
    case 'run.finished':
      return undefined;
    case 'stream.pressure':
    case 'stream.stats':
      return { ...event, from: below(event.from), to: below(event.to) };
    default:
      return { ...event, workload: below(event.workload) };
  }
}

interface NestedRun {
  execute(): Promise<RunReport>;
  interrupt(): void;
  kill(): Promise<void>;
}

/** The runs that go on inside a run. */
export class NestedRuns {
  /** Protections that were not in force in any of them. */
  readonly notEnforced = new Set<string>();
  readonly #runs = new Set<NestedRun>();

  /** Executes a run, which is interrupted when the signal fires. */
  async run(run: NestedRun, signal: AbortSignal): Promise<RunReport> {
    const interrupt = (): void => run.interrupt();
    this.#runs.add(run);
    try {
      const executing = run.execute();
      if (signal.aborted) interrupt();
      else signal.addEventListener('abort', interrupt, { once: true });
      const report = await executing;
      for (const protection of report.notEnforced) this.notEnforced.add(protection);
      return report;
    } finally {
      this.#runs.delete(run);
      signal.removeEventListener('abort', interrupt);
    }
  }

  /** Ends all of them at once, without what they run finally. */
  async kill(): Promise<void> {
    await Promise.all([...this.#runs].map((run) => run.kill()));
  }
}

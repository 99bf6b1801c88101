import { Redactor } from '../observability/redaction/redactor.ts';
import type { CheckedPlaybook } from '../playbook/call.ts';
import { bindInputs } from '../playbook/input-values.ts';
import type { SecurityContext, WorkloadName } from '../playbook/model.ts';
import type { OrkError } from '../types/errors.ts';
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
  const runId = outer.uuid();
  const vars = { ...playbook.vars, ...bindInputs(playbook.inputs, inputs) };
  return {
    ...shared,
    playbook: { ...playbook, vars },
    graph,
    source: called,
    calls,
    ceiling,
    runId,
    redactor: new Redactor(),
    onEvent: (event) => {
      const passed = eventWithin(event, caller as WorkloadName, outer.runId);
      if (passed !== undefined) tell({ within: runId, ...passed });
    },
  };
}

/** An event of a run inside a run as the outer one tells it: workloads have the name of the calling one in front. */
function eventWithin(event: RunEvent, caller: WorkloadName, parent: string): RunEvent | undefined {
  const below = (name: string) => `${caller}/${name}` as WorkloadName;
  switch (event.event) {
    case 'run.started':
      return { ...event, event: 'playbook.started', workload: caller, parent };
    case 'run.stopping':
      // The outer run tells why it stops it.
      return undefined;
    case 'run.finished': {
      const { outputs: _, workloads: __, ...report } = event.report;
      return { event: 'playbook.finished', workload: caller, time: event.time, report };
    }
    case 'stream.pressure':
    case 'stream.fill':
    case 'stream.stats':
      return { ...event, from: below(event.from), to: below(event.to) };
    default:
      return { ...event, workload: below(event.workload) };
  }
}

interface NestedRun {
  execute(): Promise<RunReport>;
  interrupt(): void;
  failFor(error: OrkError): void;
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

  /** Nothing new starts in any of them, not even finally. */
  failFor(error: OrkError): void {
    for (const run of this.#runs) run.failFor(error);
  }

  /** Ends all of them at once, without what they run finally. */
  async kill(): Promise<void> {
    await Promise.all([...this.#runs].map((run) => run.kill()));
  }
}

import type { Playbook, WorkloadName } from '../playbook/model.ts';
import { asOrkError, type ErrorDetails, OrkError } from '../types/errors.ts';
import { isJsonObject, type JsonObject } from '../types/json.ts';
import type { RunReport, WorkloadResult } from './events.ts';
import type { RunScope } from './run-scope.ts';
import type { LaterState, SkipCause } from './workload-states.ts';

/** How a run has ended, before its outputs are rendered. */
export interface RunOutcome {
  playbook: Playbook;
  runId: string;
  dryRun: boolean;
  startedAt: number;
  endedAt: number;
  results: ReadonlyMap<WorkloadName, WorkloadResult>;
  notEnforced: string[];
  interrupted: boolean;
  /** What ended the run as a whole. */
  error: ErrorDetails | null;
}

/** The report of a run that has ended. An output that cannot be rendered fails it. */
export async function reportRun(outcome: RunOutcome, scope: RunScope): Promise<RunReport> {
  const { playbook, runId, dryRun, startedAt, endedAt, notEnforced } = outcome;
  const { outputs, error } = await renderOutputs(outcome, scope);
  return {
    runId,
    playbook: playbook.name,
    status: statusOf({ ...outcome, error }),
    dryRun,
    startedAt,
    durationMs: endedAt - startedAt,
    outputs,
    workloads: new Map(
      playbook.workloads.map(({ name }) => [
        name,
        outcome.results.get(name) ?? canceledBeforeStart(),
      ]),
    ),
    notEnforced,
    error,
  };
}

/** The state that a result leaves a workload in. */
export function stateOf(result: WorkloadResult, skippedBy: SkipCause): LaterState {
  switch (result.status) {
    case 'Failed':
      return { status: 'Failed', ignored: result.ignored === true };
    case 'Skipped':
      return { status: 'Skipped', by: skippedBy };
    default:
      return { status: result.status };
  }
}

export function skipped(
  cause: { cause: 'upstream' | 'dry-run'; upstream: WorkloadName } | { cause: 'selection' },
): WorkloadResult {
  switch (cause.cause) {
    case 'selection':
      return { ...neverStarted, status: 'Skipped', reason: 'not selected' };
    case 'dry-run': {
      const reason = `would run: what '${cause.upstream}' yields is not known`;
      return { ...neverStarted, status: 'Skipped', reason, wouldRun: true };
    }
    case 'upstream':
      return { ...neverStarted, status: 'Skipped', reason: `upstream '${cause.upstream}' failed` };
  }
}

export function canceledBeforeStart(): WorkloadResult {
  const error = new OrkError('canceled', 'the run was stopped before this started').toDetails();
  return { ...neverStarted, status: 'Canceled', error };
}

const neverStarted: Omit<WorkloadResult, 'status'> = {
  summary: null,
  error: null,
  attempts: 0,
  startedAt: null,
  durationMs: 0,
};

async function renderOutputs(
  outcome: RunOutcome,
  scope: RunScope,
): Promise<{ outputs: JsonObject; error: ErrorDetails | null }> {
  const { playbook, results, error } = outcome;
  const unknown = outcome.dryRun && [...results.values()].some(({ wouldRun }) => wouldRun);
  if (statusOf(outcome) !== 'Completed' || unknown) return { outputs: {}, error };
  try {
    const outputs = await scope.renderer().render(playbook.outputs);
    return { outputs: isJsonObject(outputs) ? outputs : {}, error };
  } catch (thrown) {
    return { outputs: {}, error: asOrkError(thrown).toDetails() };
  }
}

function statusOf({ interrupted, error, results }: RunOutcome): RunReport['status'] {
  if (interrupted) return 'Canceled';
  if (error !== null) return 'Failed';
  const failed = [...results.values()].some(
    ({ status, ignored }) => status === 'Failed' && ignored !== true,
  );
  return failed ? 'Failed' : 'Completed';
}

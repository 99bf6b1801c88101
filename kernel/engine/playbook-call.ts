import type { PerformOutcome } from '../host/perform.ts';
import type { SecurityContext, Workload } from '../playbook/model.ts';
import { type ErrorDetails, OrkError } from '../types/errors.ts';
import { isJsonObject, type JsonObject } from '../types/json.ts';
import type { RunReport } from './events.ts';
import type { RunnerContext } from './runner-context.ts';

interface CallContext extends Pick<RunnerContext, 'calls' | 'call'> {
  workload: Workload;
  /** Of a loop: which item. */
  item?: number;
}

/**
 * Runs the playbook that a workload calls, with checked params; how it ended, as if a module had done it. Rejects with
 * `invalid-argument` for inputs that do not fit.
 */
export async function callPlaybook(
  { calls, call, workload, item }: CallContext,
  params: JsonObject,
  ceiling: SecurityContext,
  signal: AbortSignal,
): Promise<PerformOutcome> {
  const { name } = workload;
  const called = calls?.get(name);
  if (called === undefined) {
    throw new OrkError('internal', `the playbook that '${name}' calls has not been loaded`);
  }
  const inputs = isJsonObject(params['inputs']) ? params['inputs'] : {};
  const caller = item === undefined ? name : `${name}[${item}]`;
  const report = await call({ called, inputs, caller, ceiling }, signal);
  return outcomeOf(report, called.file);
}

function outcomeOf(report: RunReport, file: string): PerformOutcome {
  switch (report.status) {
    case 'Completed':
      return {
        kind: 'completed',
        summary: isUnknown(report) ? { would_run: true } : report.outputs,
      };
    case 'Failed':
      return { kind: 'failed', error: failureOf(report, file) };
    case 'Canceled':
      return { kind: 'failed', error: new OrkError('canceled', `${file} was stopped`) };
  }
}

/** A dry run that does not know all that it would do does not know its outputs. */
function isUnknown({ dryRun, workloads }: RunReport): boolean {
  return dryRun && [...workloads.values()].some(({ wouldRun }) => wouldRun);
}

/** What ended the run as a whole, or the first workload that has failed, in the order of the playbook. */
function failureOf(report: RunReport, file: string): OrkError {
  if (report.error !== null) return childFailed(report.error, `${file}: ${report.error.message}`);
  for (const [name, { status, ignored, error }] of report.workloads) {
    if (status !== 'Failed' || ignored || error === null) continue;
    return childFailed(error, `'${name}' failed: ${error.message}`);
  }
  return new OrkError('internal', `${file} failed without an error`);
}

function childFailed(cause: ErrorDetails, message: string): OrkError {
  return OrkError.fromDetails({ ...cause, reason: 'playbook.child-failed', message });
}

import type { Workload } from '../playbook/model.ts';
import type { Departure } from '../streams/channel.ts';
import { OrkError } from '../types/errors.ts';
import type { ExecutionResult } from './events.ts';
import type { WorkloadStreams } from './wiring.ts';

/** The reason of the failure that a dry run's consumers see of a producer that did not run. */
export const UNKNOWN_STREAM = 'dry-run.unknown-stream';

/** True once a record has gone in or out. */
export function haveMoved({ inputs, outputs }: WorkloadStreams): boolean {
  return (
    inputs.some(({ channel }) => channel.stats.read > 0) || outputs.some(({ port }) => port.moved)
  );
}

/** The ends of its streams: consumers see the end or the failure, producers see the reader gone. */
export function settleStreams(
  workload: Workload,
  streams: WorkloadStreams,
  result: Pick<ExecutionResult, 'status' | 'wouldRun'>,
): void {
  for (const { port } of streams.outputs) {
    const failure = failureOf(workload, result);
    if (failure === undefined) port.end();
    else port.fail(failure);
  }
  for (const { channel } of streams.inputs) channel.abandon(departureOf(workload, result));
}

function failureOf(
  { name, ignoreErrors }: Workload,
  { status, wouldRun }: Pick<ExecutionResult, 'status' | 'wouldRun'>,
): OrkError | undefined {
  if (wouldRun) {
    const message = `a dry run cannot know the records of '${name}'`;
    return new OrkError('unavailable', message, { reason: UNKNOWN_STREAM });
  }
  if (status === 'Completed' || status === 'Skipped' || ignoreErrors) return undefined;
  const message = `the producer '${name}' failed before its stream had ended`;
  return new OrkError('closed', message, { reason: 'stream.upstream-failed' });
}

function departureOf(
  { ignoreErrors }: Workload,
  { status }: Pick<ExecutionResult, 'status'>,
): Departure {
  if (status === 'Completed') return 'finished';
  return status === 'Skipped' || ignoreErrors ? 'absent' : 'failed';
}

import type { Workload } from '../playbook/model.ts';
import { asOrkError } from '../types/errors.ts';
import type { ExecutionResult, WorkloadResult } from './events.ts';
import { type ExecutionContext, execute } from './execution.ts';
import { runLoop } from './loop.ts';
import { prepareSandbox } from './prepare-sandbox.ts';
import type { RunnerContext } from './runner-context.ts';
import { settleStreams } from './settle-streams.ts';
import type { WorkloadStreams } from './wiring.ts';
import { WorkerLease } from './worker-lease.ts';

/**
 * Runs one workload to its end, with a worker that it has to itself. Never rejects: whatever goes wrong is the
 * workload's result.
 */
export async function runWorkload(
  workload: Workload,
  streams: WorkloadStreams,
  context: RunnerContext,
): Promise<WorkloadResult> {
  const startedAt = context.now();
  const lease = new WorkerLease(context.pool);
  const result = await runOnce({
    ...context,
    workload,
    streams,
    lease,
    sandbox: once((capabilities) =>
      prepareSandbox(workload, context.scope.renderer(workload), { ...context, capabilities }),
    ),
    onLaunch: once(context.onLaunch),
    onLoaded: once(context.onLoaded),
    onStarted: once(context.onStarted),
  });
  settleStreams(workload, streams, result);
  await lease.release();
  const recordsOut = streams.outputs.reduce((sum, { port }) => sum + port.written, 0);
  return { ...result, startedAt, durationMs: context.now() - startedAt, recordsOut };
}

type Outcome = Omit<ExecutionResult, 'durationMs'> & { results?: ExecutionResult[] };

async function runOnce(context: ExecutionContext): Promise<Outcome> {
  const { workload, scope } = context;
  const renderer = scope.renderer(workload);
  if (workload.loop === undefined) return execute(context, renderer);
  return runLoop(context, workload.loop, renderer).catch((error) => ({
    status: 'Failed',
    summary: null,
    error: asOrkError(error).toDetails(),
    attempts: 0,
  }));
}

/** Attempts and items ask for the same thing, and get what the first one got. */
function once<Args extends unknown[], T>(call: (...args: Args) => T): (...args: Args) => T {
  let made: { value: T } | undefined;
  return (...args) => {
    made ??= { value: call(...args) };
    return made.value;
  };
}

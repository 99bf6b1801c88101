import type { ComponentFiles } from '../components/registry.ts';
import { readError } from '../frames/peer.ts';
import { asOrkError, OrkError } from '../types/errors.ts';
import { isJsonObject, type JsonObject } from '../types/json.ts';
import { CallSession, type CallWiring } from './call-session.ts';
import { PrivateFolders } from './private-folders.ts';
import { TemporaryFiles } from './temporary-files.ts';
import type { WorkerProcess } from './worker-process.ts';

/** One attempt of a workload, as the worker is asked for it. */
export interface PerformRequest {
  component: ComponentFiles;
  module: string;
  workload: string;
  instance: string;
  attempt: number;
  params: JsonObject;
  /** Milliseconds since the epoch. */
  deadline?: number;
  /** Of the module itself: its family may declare more. */
  capabilities: string[];
  dryRun: boolean;
  /** The module keeps nothing between calls: an instance that has served others may serve this one. */
  reusable: boolean;
  paths: { workspace: string; read: string[]; write: string[] };
  /** Of a pipeline: the modules that run one behind the other instead of `module`. */
  steps?: StepRequest[];
  /** The worker has loaded the component, or those of the steps. */
  onLoaded(): void;
  wiring: Omit<CallWiring, 'temporaries'>;
}

/** One module of a pipeline. */
export interface StepRequest {
  component: ComponentFiles;
  module: string;
  params: JsonObject;
  capabilities: string[];
  reusable: boolean;
  /** Its outputs besides `main`; those of the workload that have the same names. */
  ports: string[];
}

export type PerformOutcome =
  | { kind: 'completed'; summary: JsonObject }
  | { kind: 'failed'; error: OrkError; summary?: JsonObject }
  | { kind: 'paused'; pause: JsonObject };

/**
 * Runs one attempt in a worker. When `signal` fires, the call has `grace` milliseconds to end by
 * itself; then its worker is killed. Never rejects: a dead worker is a failed attempt.
 */
export async function perform(
  worker: WorkerProcess,
  request: PerformRequest,
  signal: AbortSignal,
  grace: number,
): Promise<PerformOutcome> {
  const temporaries = new TemporaryFiles(request.paths.workspace, request.paths.write);
  const privateFolders = new PrivateFolders();
  const call = worker.openCall(new CallSession({ ...request.wiring, temporaries }, signal));
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    worker.cancel(call, grace);
    killTimer = setTimeout(() => worker.kill(), grace);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    for (const { component } of request.steps ?? [request]) await worker.load(component);
    request.onLoaded();
    // A stop that came before the worker knew of the call.
    if (signal.aborted) return { kind: 'failed', error: stopped() };
    return readOutcome(await worker.perform(performHeader(call, request, privateFolders)));
  } catch (error) {
    // The worker is gone, and with it whoever would have cleaned up.
    temporaries.removeAll();
    privateFolders.removeAll();
    return { kind: 'failed', error: asOrkError(error) };
  } finally {
    clearTimeout(killTimer);
    signal.removeEventListener('abort', stop);
    worker.closeCall(call);
  }
}

function performHeader(
  call: number,
  request: PerformRequest,
  privateFolders: PrivateFolders,
): JsonObject {
  return {
    call,
    component: request.component.glue,
    module: request.module,
    workload: request.workload,
    instance: request.instance,
    attempt: request.attempt,
    params: request.params,
    deadline: request.deadline ?? null,
    capabilities: request.capabilities,
    dryRun: request.dryRun,
    reusable: request.reusable,
    paths: request.paths,
    privateFolder: privateFolders.name,
    inputs: request.wiring.inputs.map((input) => input.source),
    outputs: request.wiring.outputs.map((output) => output.name),
    ...(request.steps && { steps: request.steps.map(stepHeader) }),
  };
}

function stepHeader({ component, ...step }: StepRequest): JsonObject {
  return { component: component.glue, ...step };
}

function stopped(): OrkError {
  return new OrkError('canceled', 'the workload was stopped before it had begun');
}

function readOutcome(header: JsonObject): PerformOutcome {
  const { summary, error, paused } = header;
  if (isJsonObject(error)) {
    const failed: PerformOutcome = { kind: 'failed', error: readError(error) };
    if (isJsonObject(summary)) failed.summary = summary;
    return failed;
  }
  if (isJsonObject(paused)) return { kind: 'paused', pause: paused };
  if (isJsonObject(summary)) return { kind: 'completed', summary };
  return {
    kind: 'failed',
    error: new OrkError('internal', 'the worker gave no answer that can be understood', {
      reason: 'protocol.violation',
    }),
  };
}

import { type Peer, readError } from '../frames/peer.ts';
import { FINISHED } from '../streams/fan-out.ts';
import { OrkError } from '../types/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../types/json.ts';
import { Input, Output } from './imports/streams.ts';
import { type CallStreams, PerformCall, type PoolOf } from './perform.ts';
import { Joint } from './pipeline-joint.ts';

/** A step of the request: what `perform` of one module needs, and the module's further ports. */
interface StepRequest {
  module: string;
  ports: string[];
}

/** How a step has ended; a failure may leave a summary as well. */
interface StepOutcome {
  summary: Json;
  error: OrkError | undefined;
}

/**
 * One `perform` that runs several modules, each in an instance of its own, joined by channels in this
 * worker. To the kernel it is one call: the steps share its number, its streams and its end.
 */
export class PipelineCall {
  readonly id: number;
  readonly #steps: StepRequest[];
  readonly #calls: PerformCall[];
  readonly #joints: Joint[];
  readonly #outcomes: StepOutcome[] = [];
  /** The step that failed first; the failures of others follow from it. */
  #failed: number | undefined;

  constructor(peer: Peer, request: JsonObject) {
    const { steps, ...shared } = request;
    this.id = request['call'] as number;
    this.#steps = steps as unknown as StepRequest[];
    this.#calls = this.#steps.map((step) => new PerformCall(peer, { ...shared, ...step }));
    this.#joints = this.#calls.slice(1).map((call, index) => {
      return new Joint((this.#calls[index] as PerformCall).signal, call.signal);
    });
  }

  declares(capability: string): boolean {
    return this.#calls.some((call) => call.declares(capability));
  }

  cancel(grace: number): void {
    for (const call of this.#calls) call.cancel(grace);
  }

  abandon(): void {
    for (const call of this.#calls) call.abandon();
  }

  /** The header to answer with, as of `PerformCall`. Resolves when every step has ended. */
  async run(poolOf: PoolOf): Promise<JsonObject> {
    const running = this.#calls.map(async (call, index) => {
      this.#ended(index, outcomeOf(await call.run(poolOf, this.#streamsOf(call, index))));
    });
    await Promise.all(running);
    const steps = this.#steps.map(({ module }, index) => ({
      module,
      summary: this.#outcomes[index]?.summary ?? null,
    }));
    const failure = this.#failure();
    if (failure !== undefined) return { error: { ...failure.toDetails() }, summary: { steps } };
    const last = steps.at(-1)?.summary;
    return { summary: { ...(isJsonObject(last) ? last : {}), ...unknownOf(steps), steps } };
  }

  #streamsOf(call: PerformCall, index: number): CallStreams {
    const { inputs, outputs } = call.streams();
    const [before, behind] = [this.#joints[index - 1], this.#joints[index]];
    const { ports } = this.#steps[index] as StepRequest;
    return {
      inputs: before === undefined ? inputs : [new Input(this.#nameOf(index - 1), before)],
      outputs: [
        ...(behind === undefined ? outputsNamed('main', outputs) : [new Output('main', behind)]),
        ...ports.flatMap((port) => outputsNamed(port, outputs)),
      ],
    };
  }

  /** Its neighbours hear of it as the workloads before and behind a workload would. */
  #ended(index: number, outcome: StepOutcome): void {
    this.#outcomes[index] = outcome;
    const [before, behind] = [this.#joints[index - 1], this.#joints[index]];
    if (outcome.error === undefined) {
      behind?.end();
      before?.abandon('finished');
      return;
    }
    this.#failed ??= index;
    behind?.end(stepFailed(this.#nameOf(index)));
    before?.abandon('failed');
    // What they read and write no longer matters; they may be waiting for something else.
    for (const call of this.#calls.slice(0, index)) call.cancel(call.grace());
  }

  #failure(): OrkError | undefined {
    if (this.#failed === undefined) return undefined;
    const error = this.#outcomes[this.#failed]?.error as OrkError;
    const message = `${this.#nameOf(this.#failed)}: ${error.message}`;
    return OrkError.fromDetails({ ...error.toDetails(), message });
  }

  #nameOf(index: number): string {
    return `step ${index + 1} (${this.#steps[index]?.module})`;
  }
}

/** In a dry run: what a step does not know, nobody behind it does. */
function unknownOf(steps: { summary: Json }[]): JsonObject {
  const unknown = steps.some(
    ({ summary }) => isJsonObject(summary) && summary['would_run'] === true,
  );
  return unknown ? { would_run: true } : {};
}

function outputsNamed(name: string, outputs: Output[]): Output[] {
  return outputs.filter((output) => output.name() === name);
}

function outcomeOf({ summary, error, paused }: JsonObject): StepOutcome {
  if (isJsonObject(paused)) return { summary: null, error: cannotPause() };
  if (!isJsonObject(error)) return { summary: summary ?? {}, error: undefined };
  const failure = readError(error);
  // Whoever reads from it has had enough: that is a good end.
  if (failure.reason === FINISHED) return { summary: summary ?? {}, error: undefined };
  return { summary: summary ?? null, error: failure };
}

function stepFailed(name: string): OrkError {
  return new OrkError('closed', `${name} failed before its stream had ended`, {
    reason: 'stream.upstream-failed',
  });
}

function cannotPause(): OrkError {
  return new OrkError('failed-precondition', 'a step of a pipeline cannot pause', {
    reason: 'pipeline.pause',
    hint: 'make it a workload of its own',
  });
}

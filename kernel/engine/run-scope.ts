import { renderValue } from '../expressions/template.ts';
import type { Loop, Playbook, Workload } from '../playbook/model.ts';
import { StateBase } from '../state/base.ts';
import { RunState } from '../state/run-state.ts';
import type { StateListener } from '../state/workload-state.ts';
import type { Json, JsonObject } from '../types/json.ts';
import type { ExecutionResult, WorkloadResult } from './events.ts';

export interface RunScopeOptions {
  playbook: Playbook;
  runId: string;
  hostEnvironment: NodeJS.ProcessEnv;
  now(): number;
  uuid(): string;
  /** The value of a secret; undefined when there is none. */
  secret(name: string): string | undefined;
  stateListener: StateListener;
}

/** Renders templates for one workload, or for one item of its loop. */
export interface Renderer {
  /** Rejects with an `ExpressionError`. */
  render(value: Json): Promise<Json>;
}

/**
 * What templates see during a run: inputs, vars, registered results, and `_ork`. A name that has not been
 * recorded yet is there all the same, with null, so that a skipped workload's result can be asked for.
 */
export class RunScope {
  /** What modules see: the vars and `_ork` as well, and what they write themselves. */
  readonly state: RunState;
  readonly #options: RunScopeOptions;
  readonly #names: JsonObject;
  readonly #kernel: JsonObject;
  readonly #workloads: JsonObject = Object.create(null);

  constructor(options: RunScopeOptions) {
    const { playbook, runId, stateListener } = options;
    this.#options = options;
    const kernel = { playbook: { name: playbook.name, run_id: runId }, resume_payload: null };
    this.state = new RunState(new StateBase({ vars: playbook.vars }), kernel, stateListener);
    this.#names = Object.assign(Object.create(null), playbook.vars);
    for (const workload of playbook.workloads) this.#enter(workload, notEnded(workload));
    this.#kernel = { ...kernel, workloads: this.#workloads };
    this.#names['_ork'] = this.#kernel;
  }

  /** Makes a workload's result visible under its registered name and in `_ork.workloads`. */
  record(workload: Workload, result: WorkloadResult): void {
    const { startedAt, durationMs, results } = result;
    this.#enter(workload, {
      ...notEnded(workload),
      ...resultNames(result),
      started_at: startedAt === null ? null : isoTime(startedAt),
      finished_at: startedAt === null ? null : isoTime(startedAt + durationMs),
      ...(results === undefined ? {} : { results: results.map(resultNames) }),
    });
  }

  /** A service goes on while its dependents read what it has said of itself. */
  recordReady(workload: Workload, summary: JsonObject, startedAt: number): void {
    const started_at = isoTime(startedAt);
    this.#enter(workload, { ...notEnded(workload), status: 'Ready', summary, started_at });
  }

  /** For a workload as a whole; without one, for the playbook's outputs. */
  renderer(workload?: Workload): Renderer {
    return this.#rendererOver(this.#names, workload);
  }

  /**
   * For the items of a loop, one after the other: `enter` sets the names of the next one. What is recorded in the run
   * meanwhile is not seen under its registered name.
   */
  itemRenderer(workload: Workload, loop: Loop): ItemRenderer {
    const names: JsonObject = Object.assign(Object.create(null), this.#names);
    const enter = (item: Json, index: number, items: number): void => {
      names[loop.loopVar] = item;
      if (loop.indexVar !== undefined) names[loop.indexVar] = index;
      const position = { index, first: index === 0, last: index === items - 1 };
      names['_ork'] = { ...this.#kernel, loop: position };
    };
    return { ...this.#rendererOver(names, workload), enter };
  }

  #rendererOver(names: JsonObject, workload: Workload | undefined): Renderer {
    const { hostEnvironment, now, uuid, secret } = this.#options;
    const allowed = workload?.securityContext.env ?? [];
    const host = {
      names,
      env: (name: string) => (allowed.includes(name) ? hostEnvironment[name] : undefined),
      secret,
      now: () => new Date(now()),
      uuid,
    };
    return { render: (value) => renderValue(value, host) };
  }

  #enter(workload: Workload, entry: JsonObject): void {
    this.#workloads[workload.name] = entry;
    this.state.recordWorkload(workload.name, entry);
    if (workload.register !== undefined) this.#names[workload.register] = entry;
  }
}

export interface ItemRenderer extends Renderer {
  enter(item: Json, index: number, items: number): void;
}

function notEnded({ loop }: Workload): JsonObject {
  return {
    status: 'Pending',
    summary: null,
    error: null,
    attempts: 0,
    started_at: null,
    finished_at: null,
    duration_ms: 0,
    ...(loop === undefined ? {} : { results: [] }),
  };
}

function resultNames({
  status,
  summary,
  error,
  attempts,
  durationMs,
}: ExecutionResult): JsonObject {
  return {
    status,
    summary,
    error: error === null ? null : { ...error },
    attempts,
    duration_ms: durationMs,
  };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

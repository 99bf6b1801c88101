import { renderValue } from '../expressions/template.ts';
import type { Playbook, Workload } from '../playbook/model.ts';
import type { Json, JsonObject } from '../types/json.ts';
import type { WorkloadResult } from './events.ts';

export interface RunScopeOptions {
  playbook: Playbook;
  runId: string;
  hostEnvironment: NodeJS.ProcessEnv;
  now(): number;
  uuid(): string;
}

/**
 * What templates see during a run: vars, registered results, and `_ork`. A name that has not been
 * recorded yet is there all the same, with null, so that a skipped workload's result can be asked for.
 */
export class RunScope {
  readonly #options: RunScopeOptions;
  readonly #names: JsonObject;
  readonly #workloads: JsonObject = Object.create(null);

  constructor(options: RunScopeOptions) {
    const { playbook, runId } = options;
    this.#options = options;
    this.#names = Object.assign(Object.create(null), playbook.vars);
    for (const workload of playbook.workloads) this.#enter(workload, NOT_ENDED);
    this.#names['_ork'] = {
      workloads: this.#workloads,
      playbook: { name: playbook.name, run_id: runId },
    };
  }

  /** Makes a workload's result visible under its registered name and in `_ork.workloads`. */
  record(workload: Workload, result: WorkloadResult): void {
    this.#enter(workload, {
      status: result.status,
      summary: result.summary,
      error: result.error === null ? null : { ...result.error },
      attempts: result.attempts,
      started_at: result.startedAt === null ? null : isoTime(result.startedAt),
      finished_at: result.startedAt === null ? null : isoTime(result.startedAt + result.durationMs),
      duration_ms: result.durationMs,
    });
  }

  /** Renders a value for a workload, or for the playbook's outputs. Rejects with an `ExpressionError`. */
  render(value: Json, workload?: Workload): Promise<Json> {
    const { hostEnvironment, now, uuid } = this.#options;
    const allowed = workload?.securityContext.env ?? [];
    return renderValue(value, {
      names: this.#names,
      env: (name) => (allowed.includes(name) ? hostEnvironment[name] : undefined),
      now: () => new Date(now()),
      uuid,
    });
  }

  #enter(workload: Workload, entry: JsonObject): void {
    this.#workloads[workload.name] = entry;
    if (workload.register !== undefined) this.#names[workload.register] = entry;
  }
}

const NOT_ENDED: JsonObject = {
  status: 'Pending',
  summary: null,
  error: null,
  attempts: 0,
  started_at: null,
  finished_at: null,
  duration_ms: 0,
};

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

import type { RunEvent, RunReport, WorkloadResult } from '../../engine/events.ts';
import type { Json, JsonObject } from '../../types/json.ts';

/** The document that `--output json` prints at the end. */
export function reportToJson(report: RunReport): JsonObject {
  const workloads: JsonObject = {};
  for (const [name, result] of report.workloads) workloads[name] = resultToJson(result);
  return {
    run_id: report.runId,
    playbook: report.playbook,
    status: report.status,
    started_at: new Date(report.startedAt).toISOString(),
    duration_ms: report.durationMs,
    error: report.error === null ? null : { ...report.error },
    outputs: report.outputs,
    workloads,
    not_enforced: report.notEnforced,
  };
}

/** One line of `--output ndjson`. */
export function eventToJson(event: RunEvent): JsonObject {
  switch (event.event) {
    case 'run.started':
      return { ...head(event), run_id: event.runId, playbook: event.playbook };
    case 'workload.started':
      return { ...head(event), workload: event.workload };
    case 'workload.output':
      return { ...head(event), workload: event.workload, ...event.line };
    case 'workload.finished':
      return { ...head(event), workload: event.workload, ...resultToJson(event.result) };
    case 'run.finished':
      return { ...head(event), report: reportToJson(event.report) };
  }
}

function head(event: RunEvent): { event: string; time: string } {
  return { event: event.event, time: new Date(event.time).toISOString() };
}

function resultToJson(result: WorkloadResult): JsonObject {
  const json: Record<string, Json> = {
    status: result.status,
    summary: result.summary,
    error: result.error === null ? null : { ...result.error },
    attempts: result.attempts,
    started_at: result.startedAt === null ? null : new Date(result.startedAt).toISOString(),
    duration_ms: result.durationMs,
  };
  if (result.recordsOut !== undefined) json['records_out'] = result.recordsOut;
  if (result.reason !== undefined) json['reason'] = result.reason;
  if (result.ignored) json['ignored'] = true;
  return json;
}

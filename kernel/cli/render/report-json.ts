import type { ExecutionResult, RunEvent, RunReport, WorkloadResult } from '../../engine/events.ts';
import type { ChannelStats } from '../../streams/channel.ts';
import type { JsonObject } from '../../types/json.ts';

/** The document that `--output json` prints at the end. */
export function reportToJson(report: RunReport): JsonObject {
  const workloads: JsonObject = {};
  for (const [name, result] of report.workloads) workloads[name] = resultToJson(result);
  return {
    run_id: report.runId,
    playbook: report.playbook,
    status: report.status,
    ...(report.dryRun ? { dry_run: true } : {}),
    started_at: new Date(report.startedAt).toISOString(),
    duration_ms: report.durationMs,
    error: report.error === null ? null : { ...report.error },
    outputs: report.outputs,
    workloads,
    not_enforced: report.notEnforced,
  };
}

/** One line of `--output ndjson`; undefined for what is told elsewhere (in the audit log). */
export function eventToJson(event: RunEvent): JsonObject | undefined {
  const fields = fieldsOf(event);
  if (fields === undefined) return undefined;
  return { event: event.event, time: new Date(event.time).toISOString(), ...fields };
}

function fieldsOf(event: RunEvent): JsonObject | undefined {
  switch (event.event) {
    case 'run.started':
      return { run_id: event.runId, playbook: event.playbook };
    case 'run.stopping':
      return { cause: event.cause };
    case 'workload.scheduled':
    case 'stream.pressure':
    case 'state.access':
    case 'state.branch-copied':
    case 'capability.denied':
    case 'security.applied':
    case 'module.loaded':
    case 'playbook.started':
    case 'playbook.finished':
      return undefined;
    case 'workload.started':
      return { workload: event.workload };
    case 'workload.output':
      return { workload: event.workload, ...event.line };
    case 'workload.ready':
      return { workload: event.workload, summary: event.summary };
    case 'workload.retrying':
      return {
        workload: event.workload,
        ...(event.item === undefined ? {} : { item: event.item }),
        attempt: event.attempt,
        attempts: event.attempts,
        delay_ms: event.delayMs,
        error: { ...event.error },
      };
    case 'workload.item':
      return {
        workload: event.workload,
        item: event.item,
        items: event.items,
        status: event.status,
      };
    case 'workload.finished':
      return { workload: event.workload, ...resultToJson(event.result) };
    case 'stream.fill':
    case 'stream.stats':
      return { from: event.from, port: event.port, to: event.to, ...statsToJson(event.stats) };
    case 'run.finished':
      return { report: reportToJson(event.report) };
  }
}

function statsToJson(stats: ChannelStats): JsonObject {
  const { written, read, dropped, discarded, queued, highWater, fillRatio, backPressure } = stats;
  return {
    written,
    read,
    dropped,
    discarded,
    queued,
    high_water: highWater,
    fill_ratio: fillRatio,
    back_pressure: backPressure,
  };
}

function resultToJson(result: WorkloadResult): JsonObject {
  const { startedAt, recordsOut, results } = result;
  return {
    ...executionToJson(result),
    started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
    ...(recordsOut === undefined ? {} : { records_out: recordsOut }),
    ...(result.ignored ? { ignored: true } : {}),
    ...(results === undefined ? {} : { results: results.map(executionToJson) }),
  };
}

function executionToJson(result: ExecutionResult): JsonObject {
  return {
    status: result.status,
    summary: result.summary,
    error: result.error === null ? null : { ...result.error },
    attempts: result.attempts,
    duration_ms: result.durationMs,
    ...(result.reason === undefined ? {} : { reason: result.reason }),
    ...(result.wouldRun ? { would_run: true } : {}),
  };
}

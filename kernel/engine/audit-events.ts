import type { AuditEvent } from '../observability/audit/audit-event.ts';
import type { ChannelStats } from '../streams/channel.ts';
import type { ErrorDetails } from '../types/errors.ts';
import type { RunEvent, WorkloadResult } from './events.ts';

type EventOf<Name extends RunEvent['event']> = Extract<RunEvent, { event: Name }>;

/**
 * What the audit log says of an event of a run; undefined for what it does not keep: output, and the items of a
 * loop, which are counted at its end.
 */
export function auditEventOf(event: RunEvent): AuditEvent | undefined {
  const recorded = recordedOf(event);
  if (recorded === undefined || event.within === undefined) return recorded;
  return { ...recorded, run: event.within };
}

function recordedOf(event: RunEvent): AuditEvent | undefined {
  const { time } = event;
  switch (event.event) {
    case 'run.started':
      return { event: event.event, time, detail: startOf(event) };
    case 'playbook.started': {
      const { parent } = event;
      return { ...about(event), event: 'run.started', detail: { ...startOf(event), parent } };
    }
    case 'run.stopping':
      return { event: event.event, time, detail: { cause: event.cause } };
    case 'run.finished':
      return { event: event.event, time, detail: endOf(event.report) };
    case 'playbook.finished':
      return { ...about(event), event: 'run.finished', detail: endOf(event.report) };
    case 'workload.scheduled':
      return { ...about(event), event: event.event, detail: { reason: event.reason } };
    case 'security.applied': {
      const { enforced, notEnforced: not_enforced } = event;
      return { ...about(event), event: event.event, detail: { enforced, not_enforced } };
    }
    case 'module.loaded': {
      const { module, family, version, sha256 } = event;
      return { ...about(event), event: event.event, detail: { module, family, version, sha256 } };
    }
    case 'workload.started':
    case 'workload.ready':
      return { ...about(event), event: event.event, detail: {} };
    case 'workload.retrying':
      return ofRetry(event);
    case 'workload.finished':
      return ofWorkloadEnd(event);
    case 'stream.pressure':
      return { ...ofFill(event), event: `stream.backpressure-${event.state}` };
    case 'stream.fill':
      return { ...ofFill(event), event: event.event };
    case 'stream.stats':
      return ofStreamEnd(event);
    case 'state.access':
      return ofAccess(event);
    case 'state.branch-copied':
      return { ...about(event), event: event.event, detail: { path: event.path.join('.') } };
    case 'capability.denied':
      return {
        ...about(event),
        event: event.event,
        detail: { call: event.call, reason: 'capability.not-granted' },
      };
    case 'workload.output':
    case 'workload.item':
      return undefined;
  }
}

function about({ workload, time }: { workload: string; time: number }) {
  return { workload, time };
}

/** The digest is computed when the line is written, not when the run starts. */
function startOf({ playbook, source }: EventOf<'run.started' | 'playbook.started'>) {
  return {
    playbook,
    get sha256() {
      return source.digest;
    },
  };
}

function endOf(report: EventOf<'playbook.finished'>['report']) {
  const { status, durationMs, error, notEnforced } = report;
  return { status, duration_ms: durationMs, ...nameOf(error), not_enforced: notEnforced };
}

function ofRetry(event: EventOf<'workload.retrying'>): AuditEvent {
  const { item, attempt, attempts, delayMs, error } = event;
  const { code, reason } = error;
  return {
    ...about(event),
    event: event.event,
    detail: {
      ...(item === undefined ? {} : { item }),
      attempt,
      attempts,
      delay_ms: delayMs,
      code,
      reason,
    },
  };
}

function ofWorkloadEnd(event: EventOf<'workload.finished'>): AuditEvent {
  const { result } = event;
  const { status, attempts, durationMs, error, ignored, recordsOut } = result;
  if (status === 'Skipped') {
    const detail = { reason: result.reason ?? 'not told' };
    return { ...about(event), event: 'workload.skipped', detail };
  }
  return {
    ...about(event),
    event: event.event,
    detail: {
      status,
      attempts,
      duration_ms: durationMs,
      ...nameOf(error),
      ...(ignored && { ignored }),
      ...(recordsOut === undefined ? {} : { records_out: recordsOut }),
      ...itemsOf(result),
    },
  };
}

/** How many items of a loop ended in which way. */
function itemsOf({ results }: WorkloadResult): { items?: Record<string, number> } {
  if (results === undefined) return {};
  const byStatus = Map.groupBy(results, ({ status }) => status);
  const counts = Array.from(byStatus, ([status, { length }]) => [status, length]);
  return { items: Object.fromEntries(counts) };
}

/** Messages stay out: they quote what others have said. */
function nameOf(error: ErrorDetails | null): Partial<Pick<ErrorDetails, 'code' | 'reason'>> {
  return error === null ? {} : { code: error.code, reason: error.reason };
}

function ofFill({ time, from, to, port, stats }: EventOf<'stream.pressure' | 'stream.fill'>) {
  return {
    time,
    workload: from,
    detail: { from, port, to, ...fillOf(stats), queued: stats.queued },
  };
}

function ofStreamEnd({ time, from, port, to, stats }: EventOf<'stream.stats'>): AuditEvent {
  const { written, dropped, discarded, highWater, backPressure } = stats;
  return {
    event: 'stream.ended',
    time,
    workload: from,
    detail: {
      from,
      port,
      to,
      ...fillOf(stats),
      records: written,
      drops: dropped,
      discarded,
      high_water: highWater,
      back_pressure: backPressure,
    },
  };
}

function fillOf({ fillRatio }: ChannelStats): { ipc_channel_fill_ratio: number } {
  return { ipc_channel_fill_ratio: fillRatio };
}

function ofAccess(event: EventOf<'state.access'>): AuditEvent {
  const { operation, path, decision } = event;
  const detail = { operation, path: path.join('.'), ...decision };
  return { ...about(event), event: event.event, detail };
}

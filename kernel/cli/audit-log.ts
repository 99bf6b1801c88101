import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { auditEventOf } from '../engine/audit-events.ts';
import type { RunEvent, RunReport } from '../engine/events.ts';
import { AuditFile } from '../observability/audit/audit-file.ts';
import { AuditLog } from '../observability/audit/audit-log.ts';
import { pruneFolder } from '../observability/audit/prune-folder.ts';
import { asOrkError, OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';

export interface RunAuditOptions {
  /** Of `--audit-log`; one in the user's state folder when undefined. */
  file?: string;
  runId: string;
  environment: NodeJS.ProcessEnv;
  redact(fields: JsonObject): JsonObject;
  /** Called once: nothing is recorded any more. */
  onFailed(error: OrkError): void;
}

/** The audit log of one run. */
export interface RunAudit {
  record(event: RunEvent): void;
  /** Resolves when all of it is safe, or with `resource-exhausted`, reason `audit.unwritable`, if it is not. */
  close(): Promise<OrkError | undefined>;
}

/** Files in the user's state folder; older ones are removed. */
const KEPT_FILES = 200;

/**
 * Opens the log of a run of `ork run`, in a file that must not be there yet. Rejects with `already-exists`, reason
 * `cli.audit-log-exists`, or `resource-exhausted`, reason `audit.unwritable`.
 */
export async function openAuditLog(options: RunAuditOptions): Promise<RunAudit> {
  const { file: named, runId, environment, redact, onFailed } = options;
  const folder = auditFolder(environment);
  const file = path.resolve(named ?? path.join(folder, `${runId}.jsonl`));
  const sink = await AuditFile.create(file).catch((error) => {
    throw notOpened(file, error);
  });
  const log = new AuditLog(sink, { actor: actorName(), run: runId, redact, onFailed });
  // Too many old logs are no reason to fail: the next run tries to remove them again.
  const pruning = named === undefined ? pruneFolder(folder, KEPT_FILES).catch(() => {}) : undefined;
  return {
    record: (event) => {
      const recorded = auditEventOf(event);
      if (recorded !== undefined) log.record(recorded);
    },
    close: async () => {
      await pruning;
      return log.close().then(
        () => undefined,
        (error) => asOrkError(error),
      );
    },
  };
}

/** A run whose log is not complete has failed, whatever it has done. */
export function failIfUnrecorded(report: RunReport, unwritable: OrkError | undefined): RunReport {
  if (unwritable === undefined) return report;
  return { ...report, status: 'Failed', error: report.error ?? unwritable.toDetails() };
}

/** `$XDG_STATE_HOME/ork/audit`, by default below the home folder; a relative path there does not count. */
export function auditFolder({ XDG_STATE_HOME: state }: NodeJS.ProcessEnv): string {
  const isUsable = state !== undefined && path.isAbsolute(state);
  return path.join(isUsable ? state : path.join(homedir(), '.local/state'), 'ork/audit');
}

/** Who runs this process, by name where the system has one. */
function actorName(): string {
  try {
    return `user:${userInfo().username}`;
  } catch {
    return `uid:${process.getuid?.() ?? 'unknown'}`;
  }
}

function notOpened(file: string, cause: NodeJS.ErrnoException): OrkError {
  if (cause.code === 'EEXIST') {
    return new OrkError('already-exists', `there is a file ${file} already`, {
      reason: 'cli.audit-log-exists',
      hint: 'an audit log replaces nothing: name another file, or move this one away',
      cause,
    });
  }
  return new OrkError('resource-exhausted', `cannot begin the audit log: ${cause.message}`, {
    reason: 'audit.unwritable',
    hint: 'nothing runs without it: name a place that can be written, with --audit-log FILE',
    cause,
  });
}

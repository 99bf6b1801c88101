import type { LineRedactor } from '../observability/redaction/line-redactor.ts';
import type { Redactor } from '../observability/redaction/redactor.ts';
import type { WorkloadName } from '../playbook/model.ts';
import type { ErrorDetails } from '../types/errors.ts';
import type { ExecutionResult, RunEvent, RunReport, WorkloadResult } from './events.ts';

type OutputEvent = Extract<RunEvent, { event: 'workload.output' }>;

/**
 * Passes the events of a run on without the secrets in them. The lines of a workload are seen as one text: one that
 * ends in the middle of a secret waits for the next, at most until the workload has ended.
 */
export class EventRedactor {
  readonly #redactor: Redactor;
  readonly #onEvent: (event: RunEvent) => void;
  readonly #lines = new Map<WorkloadName, LineRedactor<OutputEvent>>();

  constructor(redactor: Redactor, onEvent: (event: RunEvent) => void) {
    this.#redactor = redactor;
    this.#onEvent = onEvent;
  }

  tell(event: RunEvent): void {
    if (event.event === 'workload.output') {
      this.#tellLine(event);
      return;
    }
    if (event.event === 'workload.finished') this.#tellHeld(event.workload);
    if (event.event === 'run.finished') {
      for (const workload of this.#lines.keys()) this.#tellHeld(workload);
    }
    this.#onEvent(redactEvent(event, this.#redactor));
  }

  #tellLine(event: OutputEvent): void {
    let lines = this.#lines.get(event.workload);
    if (lines === undefined) {
      lines = this.#redactor.lines();
      this.#lines.set(event.workload, lines);
    }
    this.#pass(lines.push(event.line.message, event));
  }

  #tellHeld(workload: WorkloadName): void {
    this.#pass(this.#lines.get(workload)?.end() ?? []);
    this.#lines.delete(workload);
  }

  #pass(released: { text: string; item: OutputEvent }[]): void {
    for (const { text, item } of released) {
      const line = { ...item.line, message: text };
      if (line.fields !== undefined) line.fields = this.#redactor.redactText(line.fields);
      this.#onEvent({ ...item, line });
    }
  }
}

/** A report without the secrets in it. */
export function redactReport(report: RunReport, redactor: Redactor): RunReport {
  const workloads = [...report.workloads].map(([name, result]): [WorkloadName, WorkloadResult] => [
    name,
    redactResult(result, redactor),
  ]);
  return {
    ...report,
    outputs: redactor.redactJson(report.outputs),
    workloads: new Map(workloads),
    error: redactError(report.error, redactor),
  };
}

/** An error without the secrets in it. */
export function redactError<Details extends ErrorDetails | null>(
  error: Details,
  redactor: Redactor,
): Details;
export function redactError(error: ErrorDetails | null, redactor: Redactor): ErrorDetails | null {
  if (error === null) return null;
  const redacted: ErrorDetails = {
    ...error,
    reason: redactor.redactText(error.reason),
    message: redactor.redactText(error.message),
  };
  if (error.hint !== undefined) redacted.hint = redactor.redactText(error.hint);
  return redacted;
}

function redactEvent(event: Exclude<RunEvent, OutputEvent>, redactor: Redactor): RunEvent {
  switch (event.event) {
    case 'workload.ready':
      return { ...event, summary: redactor.redactJson(event.summary) };
    case 'workload.retrying':
      return { ...event, error: redactError(event.error, redactor) };
    case 'workload.finished':
      return { ...event, result: redactResult(event.result, redactor) };
    case 'run.finished':
      return { ...event, report: redactReport(event.report, redactor) };
    case 'state.access':
    case 'state.branch-copied':
      return { ...event, path: event.path.map((key) => redactor.redactText(key)) };
    case 'capability.denied':
      return { ...event, call: redactor.redactText(event.call) };
    case 'security.applied':
      return { ...event, enforced: redactor.redactJson(event.enforced) };
    case 'playbook.finished':
      return {
        ...event,
        report: { ...event.report, error: redactError(event.report.error, redactor) },
      };
    case 'run.started':
    case 'playbook.started':
    case 'run.stopping':
    case 'workload.scheduled':
    case 'module.loaded':
    case 'workload.started':
    case 'workload.item':
    case 'stream.pressure':
    case 'stream.fill':
    case 'stream.stats':
      // Names, times and counts: nothing of them comes out of a template or a module.
      return event;
  }
}

function redactResult<Result extends ExecutionResult & { results?: ExecutionResult[] }>(
  result: Result,
  redactor: Redactor,
): Result {
  const { summary, error, reason, results } = result;
  return {
    ...result,
    summary: redactor.redactJson(summary),
    error: redactError(error, redactor),
    ...(reason === undefined ? {} : { reason: redactor.redactText(reason) }),
    ...(results === undefined
      ? {}
      : { results: results.map((item) => redactResult(item, redactor)) }),
  };
}

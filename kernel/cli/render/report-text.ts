import type { ExecutionResult, RunReport, WorkloadResult } from '../../engine/events.ts';
import type { LogLine } from '../../host/call-session.ts';
import type { ErrorDetails } from '../../types/errors.ts';
import type { Json } from '../../types/json.ts';
import { formatCount, formatElapsed } from './numbers.ts';
import { printable, printableLine } from './printable.ts';
import type { Style } from './style.ts';

const MARKS = { Completed: '✓', Failed: '✗', Skipped: '-', Canceled: '!' } as const;
const NAME_WIDTH = 40;
const SLOWEST_FROM = 8;
const SLOWEST_SHOWN = 3;

/** The run's result for people: one line a workload, then the outputs. */
export function reportToText(report: RunReport, style: Style): string {
  const lines = [headline(report, style), ''];
  const width = nameWidth([...report.workloads.keys()]);
  for (const [name, result] of report.workloads) {
    const change = report.dryRun ? changeText(result, style) : '';
    lines.push(`  ${workloadLine(name, result, width, style)}${change}`);
  }
  lines.push(...slowestLines(report, style), ...outputLines(report.outputs, style));
  if (report.notEnforced.length > 0) {
    lines.push('', style.warn(`not enforced: ${report.notEnforced.join(', ')}`));
  }
  return `${lines.join('\n')}\n`;
}

/** What went wrong, workload by workload, with what to do about it. Empty when nothing did. */
export function failuresToText(report: RunReport, style: Style): string {
  const parts: string[] = [];
  if (report.error !== null) parts.push(errorText('the run failed', report.error, style));
  const failures = [...report.workloads].flatMap(([name, { status, error }]) =>
    status === 'Failed' && error !== null ? [{ name, error }] : [],
  );
  // What only followed from another failure comes after its cause.
  failures.sort((a, b) => Number(isConsequence(a.error)) - Number(isConsequence(b.error)));
  for (const { name, error } of failures) {
    parts.push(errorText(`workload '${name}' failed`, error, style));
  }
  return parts.join('');
}

function isConsequence({ reason }: ErrorDetails): boolean {
  return reason === 'stream.closed' || reason === 'stream.upstream-failed';
}

/** `error: what: message` with reason and hint below. */
export function errorText(what: string, error: ErrorDetails, style: Style): string {
  const lines = [`${style.bad('error:')} ${what}: ${printable(error.message)}`];
  lines.push(`  ${style.faint(`reason: ${printableLine(error.reason)} (${error.code})`)}`);
  if (error.hint !== undefined) lines.push(`  hint: ${printable(error.hint)}`);
  return `${lines.join('\n')}\n`;
}

/** One workload: mark, name, status, time, records, and why it was skipped. */
export function workloadLine(
  name: string,
  result: WorkloadResult,
  width: number,
  style: Style,
): string {
  const mark = paintMark(result, style);
  const status = result.wouldRun ? 'would run' : result.status.toLowerCase();
  const parts = [`${mark} ${name.padEnd(width)}`, status.padEnd(9)];
  if (result.startedAt !== null) parts.push(formatElapsed(result.durationMs).padStart(8));
  if (result.recordsOut) parts.push(style.faint(`${formatCount(result.recordsOut)} records`));
  if (result.results !== undefined) parts.push(style.faint(itemsText(result.results)));
  else if (result.attempts > 1) parts.push(style.faint(`${result.attempts} attempts`));
  if (result.reason !== undefined && result.reason !== 'would run')
    parts.push(style.faint(`(${result.reason})`));
  if (result.ignored) parts.push(style.faint('(ignored)'));
  return parts.join('  ').trimEnd();
}

/** What a dry run found, as far as the module says it: by convention, whether it would have `changed` anything. */
function changeText({ summary }: WorkloadResult, style: Style): string {
  const changed = summary?.['changed'];
  if (typeof changed !== 'boolean') return '';
  return style.faint(changed ? '  (would change)' : '  (no change)');
}

/** A module's log line, as it is shown while the run goes on. */
export function logText(workload: string, line: LogLine, style: Style): string {
  const fields = line.fields === undefined ? '' : ` ${line.fields}`;
  const text = `${workload}: ${printableLine(line.message + fields)}`;
  if (line.level === 'error') return style.bad(text);
  return line.level === 'warn' ? style.warn(text) : style.faint(text);
}

export function nameWidth(names: string[]): number {
  return Math.min(NAME_WIDTH, Math.max(4, ...names.map((name) => name.length)));
}

/** `9 of 10 items`; the rest failed, was skipped or canceled. */
function itemsText(results: ExecutionResult[]): string {
  const completed = results.filter(({ status }) => status === 'Completed').length;
  return `${completed} of ${formatCount(results.length)} items`;
}

/** Where the time of a larger run went. */
function slowestLines({ workloads }: RunReport, style: Style): string[] {
  if (workloads.size < SLOWEST_FROM) return [];
  const slowest = [...workloads]
    .filter(([, { startedAt }]) => startedAt !== null)
    .sort(([, a], [, b]) => b.durationMs - a.durationMs)
    .slice(0, SLOWEST_SHOWN)
    .map(([name, { durationMs }]) => `${name} ${formatElapsed(durationMs)}`);
  return slowest.length === 0 ? [] : ['', style.faint(`slowest: ${slowest.join(', ')}`)];
}

function headline(report: RunReport, style: Style): string {
  const status = report.status.toLowerCase();
  const painted = report.status === 'Completed' ? style.good(status) : style.bad(status);
  const dry = report.dryRun ? ' (dry run)' : '';
  return `${style.strong(report.playbook)} ${painted}${dry} in ${formatElapsed(report.durationMs)}`;
}

function outputLines(outputs: RunReport['outputs'], style: Style): string[] {
  const entries = Object.entries(outputs);
  if (entries.length === 0) return [];
  return ['', ...entries.map(([name, value]) => `${style.strong(name)}: ${outputText(value)}`)];
}

function outputText(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.includes('\n') ? `\n${printable(text)}` : printable(text);
}

function paintMark(result: WorkloadResult, style: Style): string {
  const mark = MARKS[result.status];
  if (result.status === 'Completed') return style.good(mark);
  return result.status === 'Failed' && !result.ignored ? style.bad(mark) : style.faint(mark);
}

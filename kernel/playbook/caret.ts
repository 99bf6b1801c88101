import type { Problem, SourcePosition } from './model.ts';

const WIDEST_LINE = 140;
const CONTEXT_BEFORE = 60;
// Control characters other than tab: a playbook must not steer the terminal that shows its mistakes.
const CONTROL = /[^\P{Cc}\t]/gu;

/**
 * A problem for people: `file:line:column: error: message`, the line with a caret below it, and the hint.
 * `source` is the text of the playbook; several lines, without a newline at the end.
 */
export function formatProblem(problem: Problem, source: string): string {
  const { severity, message, position, hint } = problem;
  const lines = [`${placeOf(position)}${severity}: ${visible(message)}`];
  if (position !== undefined) lines.push(...quoteLine(position, source));
  if (hint !== undefined) lines.push(`  hint: ${visible(hint)}`);
  return lines.join('\n');
}

function placeOf(position: SourcePosition | undefined): string {
  return position === undefined ? '' : `${position.file}:${position.line}:${position.column}: `;
}

function quoteLine({ line, column, length }: SourcePosition, source: string): string[] {
  const text = lineOf(source, line);
  if (text === undefined) return [];
  const { shown: cutLine, start } = cut(text, column - 1);
  const shown = visible(cutLine);
  const before = shown.slice(0, start).replace(/[^\t]/g, ' ');
  const width = Math.max(1, Math.min(length, shown.length - start));
  const margin = ' '.repeat(String(line).length);
  return [`  ${line} | ${shown}`, `  ${margin} | ${before}${'^'.repeat(width)}`];
}

/** The line of that number, from 1, without looking at what follows it: a playbook can have a hundred problems. */
function lineOf(source: string, line: number): string | undefined {
  let start = source.startsWith('\uFEFF') ? 1 : 0;
  for (let number = 1; number < line; number++) {
    const newline = source.indexOf('\n', start);
    if (newline < 0) return undefined;
    start = newline + 1;
  }
  const end = source.indexOf('\n', start);
  return source.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
}

/** A long line is shown around the caret only. */
function cut(line: string, start: number): { shown: string; start: number } {
  if (line.length <= WIDEST_LINE) return { shown: line, start };
  const from = Math.max(0, start - CONTEXT_BEFORE);
  const head = from === 0 ? '' : '…';
  const tail = from + WIDEST_LINE < line.length ? '…' : '';
  return {
    shown: head + line.slice(from, from + WIDEST_LINE) + tail,
    start: start - from + head.length,
  };
}

function visible(text: string): string {
  return text.replace(CONTROL, '\uFFFD');
}

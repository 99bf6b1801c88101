import { formatProblem } from '../playbook/caret.ts';
import type { Problem } from '../playbook/model.ts';
import type { JsonObject } from '../types/json.ts';
import { printable } from './render/printable.ts';
import type { Style } from './render/style.ts';

/** All findings, each with its line and a caret, then how many there are. `sources` holds the texts by file. */
export function problemsToText(
  problems: Problem[],
  sources: ReadonlyMap<string, string>,
  style: Style,
): string {
  const blocks = problems.map((problem) => {
    const source = sources.get(problem.position?.file ?? '') ?? '';
    return `${printable(formatProblem(problem, source))}\n`;
  });
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const counts = [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '');
  return `${blocks.join('\n')}\n${style.strong(counts.join(', '))}\n`;
}

export function problemToJson(problem: Problem): JsonObject {
  const { severity, reason, message, hint, position } = problem;
  return {
    severity,
    reason,
    message,
    hint: hint ?? null,
    file: position?.file ?? null,
    line: position?.line ?? null,
    column: position?.column ?? null,
  };
}

function count(number: number, noun: string): string {
  if (number === 0) return '';
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

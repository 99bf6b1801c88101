import { formatProblem } from '../playbook/caret.ts';
import type { Problem } from '../playbook/model.ts';
import type { Findings } from '../playbook/problem-list.ts';
import type { JsonObject } from '../types/json.ts';
import { printable } from './render/printable.ts';
import type { Style } from './render/style.ts';

/**
 * The findings, each with its line and a caret, then how many there are; nothing when there are none. `sources` holds
 * the texts by file.
 */
export function findingsToText(
  { problems, counts }: Findings,
  sources: ReadonlyMap<string, string>,
  style: Style,
): string {
  const blocks = problems.map((problem) => {
    const source = sources.get(problem.position?.file ?? '') ?? '';
    return `${printable(formatProblem(problem, source))}\n`;
  });
  if (blocks.length === 0) return '';
  const more = counts.errors + counts.warnings - problems.length;
  if (more > 0) blocks.push(`… and ${more} more\n`);
  const all = [count(counts.errors, 'error'), count(counts.warnings, 'warning')];
  return `${blocks.join('\n')}\n${style.strong(all.filter((text) => text !== '').join(', '))}\n`;
}

/** `errors` and `warnings` count all of them, `problems` holds those that were kept. */
export function findingsToJson({ problems, counts }: Findings): JsonObject {
  return { ...counts, problems: problems.map(problemToJson) };
}

function problemToJson(problem: Problem): JsonObject {
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

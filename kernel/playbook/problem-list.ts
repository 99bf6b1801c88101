import type { Problem, SourcePosition } from './model.ts';

/** So many findings are kept and shown; more than that nobody reads, and a file can hold tens of thousands. */
export const MAX_PROBLEMS = 100;
/** Some messages list what the playbook holds, such as a cycle through all of it. */
const MAX_TEXT = 1000;

/** What was found about a playbook, and as much of it as is kept. */
export interface Findings {
  /** At most `MAX_PROBLEMS`: errors before warnings, and of these the first ones; in the order of the file. */
  problems: Problem[];
  /** How many there are, those included that were not kept. */
  counts: ProblemCounts;
}

export interface ProblemCounts {
  errors: number;
  warnings: number;
}

/** Collects what is wrong with a playbook, in bounded memory. */
export class ProblemList {
  #problems: Problem[] = [];
  readonly #counts: ProblemCounts = { errors: 0, warnings: 0 };

  error(reason: string, message: string, position?: SourcePosition, hint?: string): void {
    this.#counts.errors++;
    this.#add('error', reason, message, position, hint);
  }

  warning(reason: string, message: string, position?: SourcePosition, hint?: string): void {
    this.#counts.warnings++;
    this.#add('warning', reason, message, position, hint);
  }

  hasErrors(): boolean {
    return this.#counts.errors > 0;
  }

  findings(): Findings {
    return { problems: keepFirst(this.#problems.toSorted(byPosition)), counts: this.#counts };
  }

  #add(
    severity: Problem['severity'],
    reason: string,
    message: string,
    position: SourcePosition | undefined,
    hint: string | undefined,
  ): void {
    const problem: Problem = { severity, reason, message: clip(message) };
    if (hint !== undefined) problem.hint = clip(hint);
    if (position !== undefined) problem.position = position;
    this.#problems.push(problem);
    // Sorted now and then only: that is as fast as sorting once.
    if (this.#problems.length >= 4 * MAX_PROBLEMS) this.#problems = this.findings().problems;
  }
}

/** The findings about one file from several checks. */
export function joinFindings(parts: readonly Findings[]): Findings {
  const { problems, counts } = concatFindings(parts);
  return { problems: problems.toSorted(byPosition), counts };
}

/** The findings about several files, one file after the other. */
export function concatFindings(parts: readonly Findings[]): Findings {
  const counts = { errors: 0, warnings: 0 };
  for (const part of parts) {
    counts.errors += part.counts.errors;
    counts.warnings += part.counts.warnings;
  }
  return { problems: keepFirst(parts.flatMap(({ problems }) => problems)), counts };
}

/** The first errors, and warnings only where errors leave room; the order stays. */
function keepFirst(problems: Problem[]): Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const kept = new Set([...errors, ...warnings].slice(0, MAX_PROBLEMS));
  return problems.filter((problem) => kept.has(problem));
}

function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

/** Compares by place in the file; problems without a position come first. */
function byPosition(a: Problem, b: Problem): number {
  const byLine = (a.position?.line ?? 0) - (b.position?.line ?? 0);
  return byLine === 0 ? (a.position?.column ?? 0) - (b.position?.column ?? 0) : byLine;
}

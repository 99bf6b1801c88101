import type { Problem, SourcePosition } from './model.ts';

/** Collects what is wrong with a playbook. */
export class ProblemList {
  readonly #problems: Problem[] = [];

  error(reason: string, message: string, position?: SourcePosition, hint?: string): void {
    this.#add('error', reason, message, position, hint);
  }

  warning(reason: string, message: string, position?: SourcePosition, hint?: string): void {
    this.#add('warning', reason, message, position, hint);
  }

  hasErrors(): boolean {
    return this.#problems.some(({ severity }) => severity === 'error');
  }

  /** In the order of the file. */
  sorted(): Problem[] {
    return this.#problems.toSorted(byPosition);
  }

  #add(
    severity: Problem['severity'],
    reason: string,
    message: string,
    position: SourcePosition | undefined,
    hint: string | undefined,
  ): void {
    const problem: Problem = { severity, reason, message };
    if (hint !== undefined) problem.hint = hint;
    if (position !== undefined) problem.position = position;
    this.#problems.push(problem);
  }
}

/** Compares by place in the file; problems without a position come first. */
export function byPosition(a: Problem, b: Problem): number {
  const byLine = (a.position?.line ?? 0) - (b.position?.line ?? 0);
  return byLine === 0 ? (a.position?.column ?? 0) - (b.position?.column ?? 0) : byLine;
}

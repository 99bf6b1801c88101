import { readFileSync, writeFileSync } from 'node:fs';
import { conformanceCases, deviationOf } from './harness.ts';

/** Cases in which ORK does something else than CEL's specification, and why. */
export interface DeviationGroup {
  reason: string;
  cases: string[];
}

const LIST = new URL('deviations.json', import.meta.url);
/** Holds what nobody has given a reason for yet; it has to be empty. */
export const UNEXPLAINED = 'unexplained';

export function readDeviations(): Record<string, DeviationGroup> {
  return JSON.parse(readFileSync(LIST, 'utf8')) as Record<string, DeviationGroup>;
}

/** The paths of all cases that fail. */
export function failingCases(): string[] {
  return conformanceCases()
    .filter((test) => deviationOf(test) !== undefined)
    .map(({ path }) => path);
}

/** Takes cases that pass now from the list, and adds those that fail now without a reason. */
function updateDeviations(): void {
  const groups = readDeviations();
  const failing = new Set(failingCases());
  for (const group of Object.values(groups)) {
    group.cases = group.cases.filter((path) => failing.delete(path));
  }
  if (failing.size > 0) groups[UNEXPLAINED] = { reason: '', cases: [...failing] };
  writeFileSync(LIST, `${JSON.stringify(groups, null, 2)}\n`);
}

if (import.meta.main) updateDeviations();

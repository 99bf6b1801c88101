import { isTemplate, scanTemplate } from '../expressions/scanner.ts';
import type { Json } from '../types/json.ts';
import type { DraftCall } from './call.ts';
import { inputProblems } from './input-values.ts';
import type { LoadedPlaybook } from './load.ts';
import type { Playbook } from './model.ts';
import type { ProblemList } from './problem-list.ts';

const REASONS = {
  unknown: 'playbook.call-unknown-input',
  missing: 'playbook.call-missing-input',
  type: 'playbook.call-input-type',
} as const;

/** What a call gives, against what the playbook declares: problems of the calling playbook. */
export function checkCallInputs(
  { inputs, place }: DraftCall,
  { name: called, inputs: declared }: Playbook,
  { map, isRaw }: LoadedPlaybook,
  problems: ProblemList,
): void {
  const base = [...place, 'inputs'];
  const isKnown = (name: string, value: Json): boolean =>
    typeof value !== 'string' || isRaw([...base, name]) || !yieldsAnyType(value);
  for (const { kind, name, message, hint } of inputProblems(declared, inputs, isKnown)) {
    const at = kind === 'missing' ? base : [...base, name];
    const position = kind === 'unknown' ? map.keyPosition(at) : map.valuePosition(at);
    const advice = hint ?? (kind === 'missing' ? `inputs: { ${name}: … }` : undefined);
    problems.error(REASONS[kind], `${called}: ${message}`, position, advice);
  }
}

/** A single expression has the type of what it yields; text with one in it is text. */
function yieldsAnyType(text: string): boolean {
  if (!isTemplate(text)) return false;
  try {
    return scanTemplate(text).every(({ kind }) => kind === 'expression');
  } catch {
    // Reported with the other templates.
    return true;
  }
}

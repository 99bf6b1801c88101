import type { DraftCall } from './call.ts';
import { PROGRAM_HINT } from './check-programs.ts';
import type { InputFlows } from './input-flows.ts';
import type { InputType, Playbook } from './model.ts';
import type { ProblemList } from './problem-list.ts';

/** A value of these types is checked, and cannot be a program. */
const HARMLESS: readonly InputType[] = ['number', 'integer', 'boolean'];

/**
 * Outside data and results that a call hands to an input which the called playbook makes part of a program: the called
 * playbook alone cannot know. Inputs of the calling playbook that end there are added to its own `intoPrograms`.
 */
export function checkCallFlows(
  { workload }: DraftCall,
  caller: InputFlows,
  called: { file: string; playbook: Playbook; intoPrograms: ReadonlySet<string> },
  problems: ProblemList,
): void {
  for (const { input, origin, position, ...flow } of caller.intoCalls) {
    if (flow.workload !== workload || !called.intoPrograms.has(input)) continue;
    const type = called.playbook.inputs[input]?.type ?? 'any';
    if (HARMLESS.includes(type)) continue;
    const there = `: ${called.file} puts its input '${input}' into one`;
    if (origin.kind === 'input') {
      caller.intoPrograms.add(origin.name);
    } else if (origin.kind === 'outside') {
      const message = `\`${origin.name}\` comes from outside and may not become part of a program${there}`;
      problems.error('playbook.code-injection', message, position, PROGRAM_HINT);
    } else if (origin.kind === 'workload') {
      const message = `a result of another workload becomes part of a program${there}`;
      problems.warning('playbook.code-injection', message, position, PROGRAM_HINT);
    }
  }
}

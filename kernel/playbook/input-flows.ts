import { PLAYBOOK_CALL } from './call.ts';
import type { Resolved } from './check-references.ts';
import type { DraftWorkload } from './draft.ts';
import type { SourcePosition } from './model.ts';
import type { Path } from './source-map.ts';

/** What a playbook makes of its inputs, and what it hands to those of the playbooks that it calls. */
export interface InputFlows {
  /** Names of inputs that become part of the text of a program. */
  intoPrograms: Set<string>;
  intoCalls: CallFlow[];
}

/** Something that a call puts into one input of the called playbook. */
export interface CallFlow {
  /** The calling workload. */
  workload: string;
  /** Of the called playbook. */
  input: string;
  origin: Resolved;
  position: SourcePosition;
}

/** A template in the params of a workload. */
export interface ParamTemplate {
  workload: DraftWorkload;
  /** Below the params. */
  path: Path;
  /** Whether it is part of the text of a program. */
  inProgram: boolean;
  reads: { resolved: Resolved; position: SourcePosition }[];
  /** What the items of the workload's loop come from. */
  loopReads: Resolved[];
}

export function emptyFlows(): InputFlows {
  return { intoPrograms: new Set(), intoCalls: [] };
}

/** Notes where a template takes what it reads. */
export function noteFlows(flows: InputFlows, template: ParamTemplate): void {
  const { workload, path, inProgram, reads, loopReads } = template;
  const [param, input] = path;
  const isCall = workload.module === PLAYBOOK_CALL && param === 'inputs' && input !== undefined;
  for (const { resolved, position } of reads) {
    for (const origin of originsOf(resolved, loopReads)) {
      if (inProgram && origin.kind === 'input') flows.intoPrograms.add(origin.name);
      if (!isCall) continue;
      flows.intoCalls.push({ workload: workload.name, input: String(input), origin, position });
    }
  }
}

/** The item of a loop is what the loop has read. */
export function originsOf(resolved: Resolved, loopReads: Resolved[]): Resolved[] {
  return resolved.kind === 'item' ? loopReads : [resolved];
}

import path from 'node:path';
import { isTemplate } from '../expressions/scanner.ts';
import { isJsonObject, type JsonObject } from '../types/json.ts';
import { type DraftWorkload, draftPlaybook } from './draft.ts';
import type { LoadedPlaybook } from './load.ts';
import type { Graph, Playbook, WorkloadName } from './model.ts';
import type { Path } from './source-map.ts';

/** The module that runs another playbook as one workload. */
export const PLAYBOOK_CALL = 'control:playbook';

/** A playbook that has passed all checks, with those that its workloads call. */
export interface CheckedPlaybook {
  /** As messages name it. */
  file: string;
  playbook: Playbook;
  graph: Graph;
  /** By the name of the calling workload. */
  calls: ReadonlyMap<WorkloadName, CheckedPlaybook>;
  /** SHA-256 in hexadecimal of its text and of all that it calls, wherever the files are. */
  readonly digest: string;
}

/** One workload of a playbook that calls another playbook, as far as it can be read. */
export interface DraftCall {
  /** Of the calling workload; may be empty. */
  workload: string;
  /** As it is written; undefined where there is no text. */
  path: string | undefined;
  inputs: JsonObject;
  /** Where the params stand. */
  place: Path;
}

/** The calls of a playbook, in the order of the file. */
export function callsIn(loaded: LoadedPlaybook): DraftCall[] {
  const { workloads } = draftPlaybook(loaded.value);
  return workloads.filter(({ module }) => module === PLAYBOOK_CALL).map(readCall);
}

function readCall({ name, params, path }: DraftWorkload): DraftCall {
  const { path: file, inputs } = params;
  return {
    workload: name,
    path: typeof file === 'string' ? file : undefined,
    inputs: isJsonObject(inputs) ? inputs : {},
    place: [...path, 'process', 'params'],
  };
}

/** Why a call is refused. */
export interface Refusal {
  reason: string;
  message: string;
  hint?: string;
}

/** What is wrong with the path of a call as it is written, before anything is read. */
export function pathRefusal(
  { path: written, place }: DraftCall,
  { isRaw }: LoadedPlaybook,
): Refusal | undefined {
  if (written === undefined) return undefined;
  if (isTemplate(written) && !isRaw([...place, 'path'])) {
    return {
      reason: 'playbook.call-template',
      message: 'the path of a playbook cannot be a template',
      hint: 'choose between playbooks by `when`, in a workload for each',
    };
  }
  if (!path.isAbsolute(written) && !written.includes('\0')) return undefined;
  return {
    reason: 'playbook.call-path',
    message: 'the path of a playbook must be relative',
    hint: 'write it as it is seen from the folder of this playbook',
  };
}

import type { Json, JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import type { Path } from './source-map.ts';

/** An entry of a list of names, with its place. */
export interface ListedName {
  text: string;
  path: Path;
}

/** What can be read of a workload, whatever else is wrong with it. */
export interface DraftWorkload {
  path: Path;
  /** Empty when the workload has no usable name. */
  name: string;
  module?: string;
  params: JsonObject;
  dependsOn: ListedName[];
  streamInputs: ListedName[];
  register?: string;
  when?: Json;
}

/**
 * A playbook as far as it can be read: checks that need more than one value work on it, so that a
 * mistake in one place does not hide those in others.
 */
export interface DraftPlaybook {
  vars: JsonObject;
  outputs: JsonObject;
  workloads: DraftWorkload[];
  /** Of workloads with the same name or register, the first one. */
  byName: Map<string, DraftWorkload>;
  byRegister: Map<string, DraftWorkload>;
}

/** Reads a draft from the value of a playbook. */
export function draftPlaybook(value: JsonObject): DraftPlaybook {
  const listed = Array.isArray(value['workloads']) ? value['workloads'] : [];
  const workloads = listed.map((workload, index) => draftWorkload(workload, ['workloads', index]));
  const draft: DraftPlaybook = {
    vars: asObject(value['vars']),
    outputs: asObject(value['outputs']),
    workloads,
    byName: new Map(),
    byRegister: new Map(),
  };
  for (const workload of workloads) {
    if (workload.name !== '') addFirst(draft.byName, workload.name, workload);
    if (workload.register !== undefined) addFirst(draft.byRegister, workload.register, workload);
  }
  return draft;
}

function draftWorkload(value: Json, path: Path): DraftWorkload {
  const workload = asObject(value);
  const process = asObject(workload['process']);
  const draft: DraftWorkload = {
    path,
    name: asText(workload['name']) ?? '',
    params: asObject(process['params']),
    dependsOn: listedNames(workload['depends_on'], [...path, 'depends_on']),
    streamInputs: listedNames(workload['stream_inputs'], [...path, 'stream_inputs']),
  };
  const module = asText(process['module']);
  const register = asText(workload['register']);
  if (module !== undefined) draft.module = module;
  if (register !== undefined) draft.register = register;
  if (workload['when'] !== undefined) draft.when = workload['when'];
  return draft;
}

function listedNames(value: Json | undefined, path: Path): ListedName[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((text, index) =>
    typeof text === 'string' ? [{ text, path: [...path, index] }] : [],
  );
}

function addFirst<T>(map: Map<string, T>, key: string, value: T): void {
  if (!map.has(key)) map.set(key, value);
}

function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

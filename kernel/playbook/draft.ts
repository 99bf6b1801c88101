import type { Json, JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import { DEFAULT_LOOP_VARIABLE } from './compile-policies.ts';
import type { Path } from './source-map.ts';
import { type Finding, valueAt } from './zod-issues.ts';

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
  loop?: Json;
  /** The names that a loop gives to its templates; empty without a loop. */
  loopNames: { name: string; path: Path }[];
  /** Empty when the workload has no usable policy. */
  policy: string;
  /** The `source` of an event_driven workload. */
  source?: ListedName;
  finally: boolean;
  securityContext: JsonObject;
}

/**
 * A playbook as far as it can be read: checks that need more than one value work on it, so that a
 * mistake in one place does not hide those in others.
 */
export interface DraftPlaybook {
  inputs: JsonObject;
  vars: JsonObject;
  outputs: JsonObject;
  securityContext: JsonObject;
  concurrencyKey?: string;
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
    inputs: asObject(value['inputs']),
    vars: asObject(value['vars']),
    outputs: asObject(value['outputs']),
    securityContext: asObject(value['security_context']),
    workloads,
    byName: new Map(),
    byRegister: new Map(),
  };
  const key = asText(asObject(value['concurrency'])['key']);
  if (key !== undefined) draft.concurrencyKey = key;
  for (const workload of workloads) {
    if (workload.name !== '') addFirst(draft.byName, workload.name, workload);
    if (workload.register !== undefined) addFirst(draft.byRegister, workload.register, workload);
  }
  return draft;
}

/** Keys that declare names: where one is misspelled, every use of the name would be reported as well. */
const DECLARING = ['inputs', 'vars', 'name', 'register', 'loop_control', 'loop_var', 'index_var'];

/** A playbook in which misspelled keys that declare names are written right. */
export function withMeantNames(playbook: JsonObject, findings: readonly Finding[]): JsonObject {
  const misspelled = findings.filter(
    ({ meant }) => meant !== undefined && DECLARING.includes(meant),
  );
  if (misspelled.length === 0) return playbook;
  const corrected = structuredClone(playbook);
  for (const { path, meant = '' } of misspelled) {
    const owner = valueAt(corrected, path.slice(0, -1));
    if (isJsonObject(owner)) owner[meant] = owner[String(path.at(-1))] ?? null;
  }
  return corrected;
}

function draftWorkload(value: Json, path: Path): DraftWorkload {
  const workload = asObject(value);
  const process = asObject(workload['process']);
  const lifecycle = asObject(workload['lifecycle']);
  const draft: DraftWorkload = {
    path,
    name: asText(workload['name']) ?? '',
    params: asObject(process['params']),
    dependsOn: listedNames(workload['depends_on'], [...path, 'depends_on']),
    streamInputs: listedNames(workload['stream_inputs'], [...path, 'stream_inputs']),
    loopNames: loopNames(workload, path),
    policy: asText(lifecycle['policy']) ?? '',
    finally: workload['finally'] === true,
    securityContext: asObject(workload['security_context']),
  };
  const source = asText(lifecycle['source']);
  const module = asText(process['module']);
  const register = asText(workload['register']);
  if (module !== undefined) draft.module = module;
  if (register !== undefined) draft.register = register;
  if (workload['when'] !== undefined) draft.when = workload['when'];
  if (workload['loop'] !== undefined) draft.loop = workload['loop'];
  if (source !== undefined) draft.source = { text: source, path: [...path, 'lifecycle', 'source'] };
  return draft;
}

function loopNames(workload: JsonObject, path: Path): DraftWorkload['loopNames'] {
  if (workload['loop'] === undefined) return [];
  const control = asObject(workload['loop_control']);
  const variable = asText(control['loop_var']);
  const index = asText(control['index_var']);
  const at = (key: string): Path => [...path, 'loop_control', key];
  return [
    variable === undefined
      ? { name: DEFAULT_LOOP_VARIABLE, path: [...path, 'loop'] }
      : { name: variable, path: at('loop_var') },
    ...(index === undefined ? [] : [{ name: index, path: at('index_var') }]),
  ];
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

import type { Checking, TracedEdge } from './checking.ts';
import type { DraftPlaybook, DraftWorkload, ListedName } from './draft.ts';
import { asWorkloadName } from './names.ts';

/** Two workloads of one name, and names that hide each other: parameters, registered results, loop variables. */
export function checkNames(checking: Checking): void {
  checkParameterNames(checking);
  for (const workload of checking.draft.workloads) {
    checkWorkloadName(workload, checking);
    checkRegister(workload, checking);
    checkLoopNames(workload, checking);
  }
}

function checkParameterNames({ draft, loaded, problems }: Checking): void {
  for (const name of Object.keys(draft.vars)) {
    if (!Object.hasOwn(draft.inputs, name)) continue;
    const position = loaded.map.keyPosition(['vars', name]);
    problems.error('playbook.name-clash', `'${name}' is already the name of an input`, position);
  }
}

function checkWorkloadName(workload: DraftWorkload, { draft, loaded, problems }: Checking): void {
  const { name, path } = workload;
  if (name === '' || draft.byName.get(name) === workload) return;
  const position = loaded.map.valuePosition([...path, 'name']);
  problems.error('playbook.duplicate-name', `there are two workloads named '${name}'`, position);
}

function checkRegister(workload: DraftWorkload, { draft, loaded, problems }: Checking): void {
  const { register, path } = workload;
  if (register === undefined) return;
  const clash = clashOf(register, workload, draft);
  if (clash === undefined) return;
  const position = loaded.map.valuePosition([...path, 'register']);
  problems.error('playbook.name-clash', `'${register}' is already ${clash}`, position);
}

function checkLoopNames({ loopNames }: DraftWorkload, { draft, loaded, problems }: Checking): void {
  const seen = new Set<string>();
  for (const { name, path } of loopNames) {
    const clash = seen.has(name) ? 'the name of the item' : nameOfRoot(name, draft);
    seen.add(name);
    if (clash === undefined) continue;
    const hint = 'choose another with loop_control: { loop_var: …, index_var: … }';
    const position = loaded.map.valuePosition(path);
    problems.error('playbook.name-clash', `'${name}' is already ${clash}`, position, hint);
  }
}

function clashOf(
  register: string,
  workload: DraftWorkload,
  draft: DraftPlaybook,
): string | undefined {
  const registrar = draft.byRegister.get(register);
  const namesake = draft.byName.get(register);
  const parameter = parameterOf(register, draft);
  if (parameter !== undefined) return parameter;
  if (registrar !== workload) return `registered by '${registrar?.name}'`;
  return namesake === undefined || namesake.name === workload.name
    ? undefined
    : 'the name of another workload';
}

function nameOfRoot(name: string, draft: DraftPlaybook): string | undefined {
  const registrar = draft.byRegister.get(name);
  return (
    parameterOf(name, draft) ??
    (registrar === undefined ? undefined : `registered by '${registrar.name}'`)
  );
}

function parameterOf(name: string, draft: DraftPlaybook): string | undefined {
  if (Object.hasOwn(draft.inputs, name)) return 'the name of an input';
  return Object.hasOwn(draft.vars, name) ? 'the name of a var' : undefined;
}

/** Resolves `depends_on`, reporting names that do not exist and workloads that wait for themselves. */
export function dependencyEdges(checking: Checking): TracedEdge[] {
  return checking.draft.workloads.flatMap((workload) =>
    workload.dependsOn.flatMap((listed) => {
      const upstream = findUpstream(listed, listed.text, workload, checking);
      return upstream === undefined ? [] : [orderEdge(upstream, workload, listed, checking)];
    }),
  );
}

function orderEdge(
  upstream: DraftWorkload,
  workload: DraftWorkload,
  { path }: ListedName,
  { loaded }: Checking,
): TracedEdge {
  return {
    from: asWorkloadName(upstream.name),
    to: asWorkloadName(workload.name),
    kind: 'order',
    position: loaded.map.valuePosition(path),
  };
}

/** The workload that an entry of `depends_on` or `stream_inputs` names; reports why there is none. */
export function findUpstream(
  { path }: ListedName,
  name: string,
  workload: DraftWorkload,
  { draft, loaded, problems, suggest }: Checking,
): DraftWorkload | undefined {
  const upstream = draft.byName.get(name);
  const position = loaded.map.valuePosition(path);
  if (upstream === undefined) {
    const hint = suggest(name, draft.byName.keys());
    problems.error('playbook.unknown-workload', `there is no workload '${name}'`, position, hint);
    return undefined;
  }
  if (upstream.name === workload.name) {
    problems.error('playbook.self-reference', `'${name}' cannot wait for itself`, position);
    return undefined;
  }
  return upstream;
}

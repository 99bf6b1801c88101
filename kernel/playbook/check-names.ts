import { didYouMean } from '../expressions/nearest.ts';
import type { Checking, TracedEdge } from './checking.ts';
import type { DraftWorkload, ListedName } from './draft.ts';
import { asWorkloadName } from './names.ts';

/** Two workloads of one name, and registered names that hide a var or another workload's result. */
export function checkNames({ draft, loaded, problems }: Checking): void {
  for (const workload of draft.workloads) {
    const { name, register, path } = workload;
    const position = loaded.map.valuePosition([...path, 'name']);
    if (name !== '' && draft.byName.get(name) !== workload) {
      problems.error(
        'playbook.duplicate-name',
        `there are two workloads named '${name}'`,
        position,
      );
    }
    if (register === undefined) continue;
    const clash = clashOf(register, workload, { draft });
    if (clash !== undefined) {
      const place = loaded.map.valuePosition([...path, 'register']);
      problems.error('playbook.name-clash', `'${register}' is already ${clash}`, place);
    }
  }
}

function clashOf(
  register: string,
  workload: DraftWorkload,
  { draft }: Pick<Checking, 'draft'>,
): string | undefined {
  const registrar = draft.byRegister.get(register);
  const namesake = draft.byName.get(register);
  if (Object.hasOwn(draft.vars, register)) return 'the name of a var';
  if (registrar !== workload) return `registered by '${registrar?.name}'`;
  return namesake === undefined || namesake.name === workload.name
    ? undefined
    : 'the name of another workload';
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
  { draft, loaded, problems }: Checking,
): DraftWorkload | undefined {
  const upstream = draft.byName.get(name);
  const position = loaded.map.valuePosition(path);
  if (upstream === undefined) {
    const hint = didYouMean(name, draft.byName.keys());
    problems.error('playbook.unknown-workload', `there is no workload '${name}'`, position, hint);
    return undefined;
  }
  if (upstream.name === workload.name) {
    problems.error('playbook.self-reference', `'${name}' cannot wait for itself`, position);
    return undefined;
  }
  return upstream;
}

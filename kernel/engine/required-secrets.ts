import { inspectTemplate } from '../expressions/template.ts';
import type { Playbook, WorkloadName } from '../playbook/model.ts';
import type { Json } from '../types/json.ts';

/**
 * The secrets that a playbook names literally and cannot do without; `selected` are the workloads that may run, all
 * when undefined. Names that are computed come up only when they are rendered.
 */
export async function requiredSecrets(
  playbook: Playbook,
  selected: ReadonlySet<WorkloadName> | undefined,
): Promise<Set<string>> {
  const values: Json[] = [playbook.outputs];
  for (const workload of playbook.workloads) {
    if (selected !== undefined && !selected.has(workload.name) && !workload.finally) continue;
    values.push(workload.process.params, workload.when ?? null, workload.loop?.items ?? null);
  }
  const names = new Set<string>();
  for (const text of values.flatMap(textsIn)) {
    // Most texts need not be parsed for this.
    if (!text.includes('secret')) continue;
    for (const name of (await inspectTemplate(text)).secrets) names.add(name);
  }
  return names;
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

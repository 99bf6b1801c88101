import type { CheckedPlaybook } from '../playbook/call.ts';
import type { WorkloadName } from '../playbook/model.ts';
import { requiredSecrets } from './required-secrets.ts';

/** The secrets that a playbook, and all that its workloads call, name literally; `selected` as in `requiredSecrets`. */
export async function closureSecrets(
  root: CheckedPlaybook,
  selected: ReadonlySet<WorkloadName> | undefined,
): Promise<Set<string>> {
  const names = await requiredSecrets(root.playbook, selected);
  const finals = new Set(root.playbook.workloads.filter((w) => w.finally).map(({ name }) => name));
  const queue = [...root.calls].flatMap(([caller, called]) =>
    selected === undefined || selected.has(caller) || finals.has(caller) ? [called] : [],
  );
  const seen = new Set<CheckedPlaybook>();
  for (const called of queue) {
    if (seen.has(called)) continue;
    seen.add(called);
    for (const name of await requiredSecrets(called.playbook, undefined)) names.add(name);
    queue.push(...called.calls.values());
  }
  return names;
}

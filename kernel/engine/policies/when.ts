import type { Workload } from '../../playbook/model.ts';
import { OrkError } from '../../types/errors.ts';
import type { Renderer } from '../run-scope.ts';

/** What `when` says, true without one. Rejects with `invalid-argument` for anything but a boolean. */
export async function isWanted(workload: Workload, renderer: Renderer): Promise<boolean> {
  if (workload.when === undefined) return true;
  const wanted = await renderer.render(workload.when);
  if (typeof wanted === 'boolean') return wanted;
  throw new OrkError(
    'invalid-argument',
    `\`when\` of '${workload.name}' must yield true or false, not ${JSON.stringify(wanted)}`,
    { reason: 'workload.when-not-boolean', hint: 'compare, e.g. {{ .count > 0 }}' },
  );
}

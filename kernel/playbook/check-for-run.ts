import type { LoadedPlaybook } from './load.ts';
import type { Playbook } from './model.ts';
import { type Findings, ProblemList } from './problem-list.ts';

/** What `ork run` does not run: everything that has to be kept alive after it has ended. */
export function daemonOnly(playbook: Playbook, { map }: LoadedPlaybook): Findings {
  const problems = new ProblemList();
  for (const [index, { name, lifecycle }] of playbook.workloads.entries()) {
    if (lifecycle.policy === 'run_once') continue;
    const message = `\`ork run\` only runs run_once workloads; '${name}' is ${lifecycle.policy}`;
    const position = map.valuePosition(['workloads', index, 'lifecycle', 'policy']);
    problems.error('playbook.needs-daemon', message, position, 'it needs the daemon');
  }
  return problems.findings();
}

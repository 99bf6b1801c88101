import type { WorkloadName } from '../playbook/model.ts';
import type { StateListener } from '../state/workload-state.ts';
import type { RunEvent } from './events.ts';

/** Tells what becomes of the state of a run as events of the run: the doors to it have the names of workloads. */
export function stateListener(now: () => number, tell: (event: RunEvent) => void): StateListener {
  return {
    onAccess: (access) =>
      tell({
        event: 'state.access',
        time: now(),
        ...access,
        workload: access.workload as WorkloadName,
      }),
    onBranchCopied: (workload, path) =>
      tell({
        event: 'state.branch-copied',
        time: now(),
        workload: workload as WorkloadName,
        path,
      }),
  };
}

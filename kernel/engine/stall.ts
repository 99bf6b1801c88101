import type { WorkloadName } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { Blockage } from './wiring.ts';

export type Blockages = ReadonlyMap<WorkloadName, Blockage[]>;

/**
 * Workloads that can never go on, because each waits only for others among them, as the cycle of their waiting;
 * undefined when there are none. A workload that waits for nothing may still do something, and so may whoever
 * waits for it.
 */
export function findWaitCycle(blockages: Blockages): WorkloadName[] | undefined {
  const stuck = new Set(blockages.keys());
  for (let before = -1; before !== stuck.size; ) {
    before = stuck.size;
    for (const name of stuck) {
      if (!blockages.get(name)?.every((blockage) => isStuck(blockage, stuck))) stuck.delete(name);
    }
  }
  return stuck.size === 0 ? undefined : cycleIn(stuck, blockages);
}

/** Why the workloads of a wait cycle fail. */
export function stallError(cycle: WorkloadName[]): OrkError {
  const circle = [...cycle, cycle[0]].join(' → ');
  return new OrkError('failed-precondition', `these workloads wait for each other: ${circle}`, {
    reason: 'stream.wait-cycle',
    hint: 'give the full channel a larger buffer_size, or read the streams in the order they are written',
  });
}

function isStuck({ until, others }: Blockage, stuck: ReadonlySet<WorkloadName>): boolean {
  return until === 'one moves'
    ? others.length > 0 && others.every((name) => stuck.has(name))
    : others.some((name) => stuck.has(name));
}

/** Every stuck workload waits for a stuck one, so that a walk along them comes back to where it has been. */
function cycleIn(stuck: ReadonlySet<WorkloadName>, blockages: Blockages): WorkloadName[] {
  const path: WorkloadName[] = [];
  let [next] = stuck;
  while (next !== undefined && !path.includes(next)) {
    path.push(next);
    const waited: WorkloadName[] = (blockages.get(next) ?? []).flatMap(({ others }) => others);
    next = waited.find((name) => stuck.has(name));
  }
  return next === undefined ? path : path.slice(path.indexOf(next));
}

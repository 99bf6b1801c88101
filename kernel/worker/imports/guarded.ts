import { OrkError } from '../../types/errors.ts';
import { toHostError } from '../host-error.ts';

/** Runs a host function that waits; whatever it throws reaches the guest as the contract's error. */
export async function guarded<T>(subject: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw toHostError(error, subject);
  }
}

/** The same for a host function that never waits. */
export function guardedSync<T>(subject: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toHostError(error, subject);
  }
}

/** Refuses what would change the world while the run is a dry run. */
export function refuseInDryRun(dryRun: boolean, action: string): void {
  if (!dryRun) return;
  throw new OrkError('failed-precondition', `${action} is refused in a dry run`, {
    reason: 'dry-run',
  });
}

export function canceled(): OrkError {
  return new OrkError('canceled', 'the workload was stopped');
}

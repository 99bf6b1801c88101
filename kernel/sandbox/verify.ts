import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import type { LaunchedSandbox } from './launch.ts';
import { checkPosture, postureToJson, readPosture, workerBelow } from './posture.ts';

/**
 * Looks from outside at a worker that has just started: what the operating system has in force for it, for the audit
 * log. Throws `internal`, reason `sandbox.not-applied`, when that is not what was planned.
 */
export function verifySandbox(helper: number, { plan, group }: LaunchedSandbox): JsonObject {
  const worker = workerBelow(helper);
  if (worker === undefined) throw notFound();
  const posture = readPosture(worker);
  checkPosture(posture, plan.posture);
  if (group !== undefined && !group.holds(worker)) throw notFound();
  return { ...postureToJson(posture), limits: group?.limitsInForce() ?? {} };
}

function notFound(): OrkError {
  return new OrkError('internal', 'the worker is not where its sandbox should have put it', {
    reason: 'sandbox.not-applied',
    hint: 'this is a mistake in ork, or /proc is not what the kernel shows',
  });
}

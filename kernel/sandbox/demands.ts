import type { SecurityContext } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';

/**
 * What a playbook has written about its sandbox and this version cannot keep: never a silent downgrade, so that a
 * workload with such a demand fails. Undefined when there is nothing of the kind.
 */
export function unenforceable(context: SecurityContext): OrkError | undefined {
  const demands = demandsOf(context);
  if (demands.length === 0) return undefined;
  const message = `this version cannot enforce what security_context asks for: ${demands.join(', ')}`;
  return new OrkError('failed-precondition', message, {
    reason: 'sandbox.not-enforceable',
    hint: 'leave it out to run with what can be enforced; reports say what is not',
  });
}

function demandsOf(context: SecurityContext): string[] {
  const { sandbox, seccompProfilePath, resourceLimits = {}, namespaces = {}, runAs } = context;
  const limits = Object.keys(resourceLimits).map(() => 'resource_limits');
  const fresh = Object.entries(namespaces)
    .filter(([, wanted]) => wanted !== false)
    .map(([name]) => `namespaces.${name}`);
  return [
    ...(sandbox === 'required' ? ['sandbox: required'] : []),
    ...(seccompProfilePath === undefined || seccompProfilePath === 'unconfined'
      ? []
      : ['seccomp_profile_path']),
    ...new Set(limits),
    ...fresh,
    ...(runAs === undefined ? [] : ['run_as']),
  ];
}

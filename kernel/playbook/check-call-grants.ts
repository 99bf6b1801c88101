import { isTemplate } from '../expressions/scanner.ts';
import type { Refusal } from './call.ts';
import { excessOf, excessToText, settleBelow } from './containment.ts';
import type { Playbook, SecurityContext, Workload } from './model.ts';

/**
 * Workloads of a called playbook that ask for more than the workload that calls it has. What templates decide is
 * checked again when they have been rendered.
 */
export function grantRefusals(
  caller: Workload,
  file: string,
  called: Playbook,
  workspace: string,
): Refusal[] {
  const ceiling = caller.securityContext;
  return called.workloads.flatMap(({ name, securityContext }) => {
    const literal = withoutTemplates(settleBelow(securityContext, ceiling), ceiling);
    const excess = excessOf(literal, ceiling, workspace);
    if (excess.length === 0) return [];
    const message = `'${name}' in ${file} asks for more than '${caller.name}' has: ${excessToText(excess)}`;
    const hint = `grant it in the security_context of '${caller.name}' too, or take it away from '${name}'`;
    return [{ reason: 'playbook.grants-exceed-parent', message, hint }];
  });
}

/** Without the entries that are templates, and without those that a template in the ceiling may come to cover. */
function withoutTemplates(context: SecurityContext, ceiling: SecurityContext): SecurityContext {
  const { filesystem, network } = context;
  const { filesystem: files, network: endpoints } = ceiling;
  const literal = (asked: string[], ...granted: string[][]): string[] =>
    granted.flat().some(isTemplate) ? [] : asked.filter((entry) => !isTemplate(entry));
  return {
    ...context,
    filesystem: {
      read: literal(filesystem.read, files.read, files.write),
      write: literal(filesystem.write, files.write),
    },
    network: {
      connect: literal(network.connect, endpoints.connect),
      listen: literal(network.listen, endpoints.listen),
    },
  };
}

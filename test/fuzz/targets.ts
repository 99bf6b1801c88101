import { expressionTarget } from './expression-target.ts';
import { playbookTarget } from './playbook-target.ts';
import type { Target } from './target.ts';
import { templateTarget } from './template-target.ts';

export const TARGETS: Target[] = [playbookTarget, templateTarget, expressionTarget];

export function targetNamed(name: string): Target {
  const target = TARGETS.find((known) => known.name === name);
  if (target !== undefined) return target;
  throw new Error(
    `there is no target '${name}', only ${TARGETS.map((known) => known.name).join(', ')}`,
  );
}

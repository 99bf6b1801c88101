import {
  type CelEnv,
  type CelFunc,
  type CelResult,
  type CelValue,
  celEnv,
  plan,
} from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import { mixedArithmetic } from './arithmetic.ts';
import type { Expr } from './ast.ts';
import { playbookFunctions } from './functions.ts';
import { metered } from './meter.ts';
import type { Host } from './scope.ts';

/** The names that an expression sees. */
export type Activation = Record<string, CelValue | undefined>;

/** An expression ready to be evaluated any number of times. */
export type Plan = (activation: Activation, host: Host) => CelResult;

/*
 * The library gives functions no access to the activation. Evaluation is synchronous, so that
 * the host of the one expression that is running can stand here.
 */
let currentHost: Host | undefined;

/** CEL with the functions of playbooks. */
const environment = celEnv({ funcs: [...mixedArithmetic(), ...playbookFunctions(requireHost)] });
/** The same, counting steps. */
const meteredEnvironment = celEnv({ funcs: Array.from(environment.funcs, metered) });

/** The functions that an expression can call by name. */
export function declaredFunctions(): CelFunc[] {
  return Array.from(environment.funcs).filter(({ name }) => /^[a-z]/i.test(name));
}

/** Plans a tree that `rewriteTree` has prepared. */
export function planExpression(root: Expr): Plan {
  return withHost(environment, root);
}

/** The same, with work that counts: see `limited`. */
export function planMetered(root: Expr): Plan {
  return withHost(meteredEnvironment, root);
}

function withHost(celEnvironment: CelEnv, root: Expr): Plan {
  const run = plan(celEnvironment, root) as (activation: Activation) => CelResult;
  return (activation, host) => {
    const before = currentHost;
    currentHost = host;
    try {
      return run(activation);
    } finally {
      currentHost = before;
    }
  };
}

function requireHost(): Host {
  if (currentHost === undefined) throw new OrkError('internal', 'no expression is being evaluated');
  return currentHost;
}

import { type CelEnv, type CelResult, type CelValue, celEnv, plan } from '@bufbuild/cel';
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

const declared = Array.from(environment.funcs).filter(({ name }) => /^[a-z]/i.test(name));
const MACRO_METHODS = ['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter'];

/** What may be called as `name(…)`. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...declared.filter(({ target }) => target === undefined).map(({ name }) => name),
  'has',
  'default',
]);

/** What may be called as `value.name(…)`. */
export const METHOD_NAMES: ReadonlySet<string> = new Set([
  ...declared.filter(({ target }) => target !== undefined).map(({ name }) => name),
  ...MACRO_METHODS,
]);

const argumentCounts = Map.groupBy(declared, ({ name, target }) =>
  callKey(name, target !== undefined),
);

/** How many arguments a function or method takes; nothing is known of what the parser takes apart. */
export function argumentCountsOf(name: string, method: boolean): number[] | undefined {
  const overloads = argumentCounts.get(callKey(name, method));
  const counts = overloads?.map(({ arguments: { length } }) => length);
  return counts === undefined ? undefined : [...new Set(counts)].sort((a, b) => a - b);
}

function callKey(name: string, method: boolean): string {
  return method ? `.${name}` : name;
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

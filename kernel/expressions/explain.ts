import type { CelError } from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { type AccessPath, accessPath, childrenOf, type Expr } from './ast.ts';
import { ExpressionError, type ExpressionReason, quoteExpression } from './errors.ts';
import { didYouMean } from './nearest.ts';
import type { Analysis } from './references.ts';

/** What is known about the expression that failed. */
export interface Failure {
  source: string;
  root: Expr;
  analysis: Analysis;
  names: JsonObject;
  functions: Iterable<string>;
  /** The keys of the map that a part of the expression yields; none when it cannot be had. */
  keysOf(part: Expr): string[];
}

interface Explanation {
  message: string;
  hint?: string | undefined;
  offset?: number | undefined;
}

/** Turns what the library says into an error that names the expression and, if there is one, the cure. */
export function explainFailure(error: CelError, failure: Failure): ExpressionError {
  const cause = (error as { cause?: unknown }).cause;
  if (cause instanceof OrkError) return wrapFailure(cause, failure.source);
  const { message, hint, offset } = explain(error, failure);
  const options = { reason: 'expression.evaluation' as const, expression: failure.source };
  return new ExpressionError(`${message} in ${quoteExpression(failure.source)}`, {
    ...options,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(offset === undefined ? {} : { offset }),
  });
}

/** An error that a function or the conversion to JSON raised, with the expression named. */
export function wrapFailure(error: OrkError, source: string): ExpressionError {
  return new ExpressionError(`${error.message} in ${quoteExpression(source)}`, {
    reason: error.reason as ExpressionReason,
    code: error.code,
    expression: source,
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

function explain(error: CelError, failure: Failure): Explanation {
  const id = (error as { exprId?: bigint }).exprId;
  const [, field] = /^field not found: (.*)$/s.exec(error.message) ?? [];
  const [, name] = /^unbound function: (.*)$/.exec(error.message) ?? [];
  const [, operator, types] =
    /^found no matching overload for '(.*)' applied to '(.*)'$/s.exec(error.message) ?? [];
  if (error.message === 'unresolved attribute') return explainMissingName(failure);
  if (field !== undefined)
    return explainMissingField(field, findAccess(failure.root, id, field), failure);
  if (name !== undefined) {
    return { message: `unknown function '${name}'`, hint: didYouMean(name, failure.functions) };
  }
  if (operator !== undefined && types !== undefined) return explainOverload(operator, types);
  // The library does not know the list's length here and writes a wrong range.
  return {
    message: error.message.replace(/^index (\S+) out of bounds .*$/, 'index $1 is out of bounds'),
  };
}

function explainMissingName({ analysis, names }: Failure): Explanation {
  const missing = analysis.references.find(
    ({ path: [name = ''], presence }) => presence !== 'default' && !Object.hasOwn(names, name),
  );
  if (missing === undefined) return { message: 'a name does not exist' };
  const [name = ''] = missing.path;
  return {
    message: `'${name}' does not exist`,
    hint: didYouMean(name, Object.keys(names)) ?? `default(${name}, …) gives it a value`,
    offset: missing.offsets[0],
  };
}

function explainMissingField(
  field: string,
  path: AccessPath | undefined,
  failure: Failure,
): Explanation {
  if (path === undefined) return { message: `there is no field '${field}'` };
  const last = path.steps.length - 1;
  const keys = failure.keysOf(path.steps[last - 1]?.node ?? path.root);
  const message = `'${writePath(path, last)}' has no field '${field}'`;
  return { message, hint: didYouMean(field, keys) ?? listKeys(keys) };
}

function writePath(path: AccessPath, steps: number): string {
  const fields = path.steps
    .slice(0, steps)
    .map(({ field }) => (field === undefined ? '[…]' : `.${field}`));
  return path.name + fields.join('');
}

function listKeys(keys: string[]): string | undefined {
  return keys.length === 0 || keys.length > 20 ? undefined : `it has: ${keys.join(', ')}`;
}

const WORDS: Record<string, string> = { '@in': 'in', '_[_]': '[]', '-_': '-', '!_': '!' };

function explainOverload(operator: string, types: string): Explanation {
  const name = WORDS[operator] ?? operator.replace(/^_(.*)_$/, '$1');
  const message = `'${name}' does not work on ${types}`;
  const mixesText = /\bstring\b/.test(types) && /\b(?:int|uint|double|bool)\b/.test(types);
  return mixesText ? { message, hint: 'string(…), int(…) and double(…) convert' } : { message };
}

/** The path that ends with the access that failed; the library blames the operand of `a["b"]`. */
function findAccess(root: Expr, id: bigint | undefined, field: string): AccessPath | undefined {
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const path = accessPath(node);
    const last = path?.steps.at(-1);
    const operand = path?.steps.at(-2)?.node;
    const blamed = [node.id, operand?.id, path?.root.id];
    if (last?.field === field && id !== undefined && blamed.includes(id)) return path;
    pending.push(...childrenOf(node));
  }
  return undefined;
}

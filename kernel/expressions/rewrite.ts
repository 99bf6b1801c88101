import {
  accessPath,
  attemptNode,
  bindNode,
  type Comprehension,
  callNode,
  childrenOf,
  constantNode,
  type Expr,
  nameNode,
  nodesOf,
  type PathStep,
} from './ast.ts';
import { ExpressionError } from './errors.ts';
import { endOfString } from './scanner.ts';

/** The name of `default`'s value while its alternative is chosen; no expression can spell it. */
const CANDIDATE = '@candidate';

/** Functions whose result may be missing, as a path may. */
const OPTIONAL_SOURCES = ['env', 'secret'];

/**
 * Writes a single call without parentheses, `env 'HOME'` or `upper page.title`, with them.
 * Only a whole expression is rewritten: a function's name, blanks, and one literal or path.
 * Offsets stay what they were, since a blank becomes the opening parenthesis.
 */
export function addParentheses(source: string, isFunction: (name: string) => boolean): string {
  const match = /^(\s*)([A-Za-z_]\w*)(\s+)(\S[\s\S]*?)\s*$/.exec(source);
  if (match === null) return source;
  const [, lead = '', name = '', blanks = '', argument = ''] = match;
  if (!isFunction(name) || !isSingleArgument(argument)) return source;
  return `${lead}${name}(${blanks.slice(1)}${argument})`;
}

function isSingleArgument(text: string): boolean {
  if (/^["']/.test(text)) return endsAtItsQuote(text);
  return /^\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(text) && text !== 'in';
}

function endsAtItsQuote(text: string): boolean {
  try {
    return endOfString(text, 0) === text.length;
  } catch {
    // The parser says better where an unclosed string starts.
    return false;
  }
}

/**
 * Makes a parsed tree ready to be planned: `default(x, y)` becomes an expression that evaluates `y` only
 * when `x` is null or missing, and loops tell how much work they are. CEL evaluates arguments before a
 * call, so that a function could not be `default`. The tree is changed in place; its root is returned.
 */
export function rewriteTree(root: Expr, source: string): Expr {
  // Children come before their parents in the reversed order, so that nested calls are done first.
  for (const node of nodesOf(root).reverse()) {
    if (isDefault(node)) node.exprKind = rewriteDefault(node, source).exprKind;
    else if (node.exprKind.case === 'comprehensionExpr') countLoop(node.id, node.exprKind.value);
  }
  return root;
}

/** True for a call `default(…)`. */
export function isDefault(node: Expr): boolean {
  return isFunctionCall(node, 'default');
}

function isFunctionCall({ exprKind }: Expr, name: string): boolean {
  return (
    exprKind.case === 'callExpr' &&
    exprKind.value.function === name &&
    exprKind.value.target === undefined
  );
}

function rewriteDefault(node: Expr, source: string): Expr {
  const [candidate, alternative, ...others] = childrenOf(node);
  if (candidate === undefined || alternative === undefined || others.length > 0) {
    throw new ExpressionError('default takes two arguments: default(value, alternative)', {
      reason: 'expression.syntax',
      expression: source,
    });
  }
  return chooseDefault(node.id, candidate, alternative);
}

function chooseDefault(id: bigint, candidate: Expr, alternative: Expr): Expr {
  const path = accessPath(candidate);
  if (path === undefined) {
    const name = nameNode(id, CANDIDATE);
    const choice = callNode(id, '_?_:_', [isNull(id, name), alternative, name]);
    return bindNode(id, CANDIDATE, orNull(candidate), choice);
  }
  // Evaluating a path twice is cheap, unless the keys in it are computed.
  if (path.steps.every(isFixed)) {
    return unlessAbsent(id, candidate, alternative);
  }
  const name = nameNode(id, CANDIDATE);
  return attemptNode(id, CANDIDATE, candidate, unlessAbsent(id, name, alternative));
}

function isFixed({ field, index }: PathStep): boolean {
  return field !== undefined || index?.exprKind.case === 'constExpr';
}

/** Whatever fails in a path is a missing step; an error counts as "not false". */
function unlessAbsent(id: bigint, value: Expr, alternative: Expr): Expr {
  const absent = callNode(id, '@not_strictly_false', [isNull(id, value)]);
  return callNode(id, '_?_:_', [absent, alternative, value]);
}

function isNull(id: bigint, value: Expr): Expr {
  return callNode(id, '_==_', [value, constantNode(id, null)]);
}

/** `env` and `secret` have forms that yield null for what does not exist. */
function orNull(candidate: Expr): Expr {
  const name = OPTIONAL_SOURCES.find((source) => isFunctionCall(candidate, source));
  if (name === undefined) return candidate;
  return callNode(candidate.id, `@${name}`, childrenOf(candidate));
}

function countLoop(id: bigint, loop: Comprehension): void {
  const { iterRange, loopCondition, loopStep } = loop;
  if (iterRange === undefined) return;
  const nodes = nodesPerTurn(loopCondition) + nodesPerTurn(loopStep);
  loop.iterRange = callNode(id, '@loop', [iterRange, constantNode(id, BigInt(nodes))]);
}

/** The nodes that one turn of a loop evaluates; loops inside it count their own turns. */
function nodesPerTurn(body: Expr | undefined): number {
  let count = 0;
  const pending = [body];
  while (pending.length > 0) {
    const node = pending.pop();
    if (node === undefined) continue;
    count++;
    const kind = node.exprKind;
    if (kind.case === 'comprehensionExpr') {
      pending.push(kind.value.iterRange, kind.value.accuInit, kind.value.result);
    } else {
      pending.push(...childrenOf(node));
    }
  }
  return count;
}

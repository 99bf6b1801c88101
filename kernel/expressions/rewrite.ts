import {
  accessPath,
  bindNode,
  callNode,
  childrenOf,
  type Expr,
  nameNode,
  nullNode,
} from './ast.ts';
import { ExpressionError } from './errors.ts';
import { endOfString } from './scanner.ts';

/** The name of `default`'s value while its alternative is chosen; no expression can spell it. */
const CANDIDATE = '@candidate';

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
 * Replaces each `default(x, y)` by an expression that evaluates `y` only when `x` is null or, for an
 * access path, missing at any of its steps. CEL evaluates arguments before a call, so that a function
 * could not do it. The tree is changed in place; the new root is returned.
 */
export function rewriteDefaults(root: Expr, source: string): Expr {
  // Children come before their parents in the reversed order, so that nested calls are done first.
  const nodes = nodesOf(root).reverse();
  for (const node of nodes) {
    const kind = node.exprKind;
    if (kind.case !== 'callExpr' || !isDefault(node)) continue;
    const [candidate, alternative] = kind.value.args;
    if (candidate === undefined || alternative === undefined || kind.value.args.length !== 2) {
      throw new ExpressionError('default takes two arguments: default(value, alternative)', {
        reason: 'expression.syntax',
        expression: source,
      });
    }
    node.exprKind = chooseDefault(node.id, candidate, alternative).exprKind;
  }
  return root;
}

/** True for a call `default(…)`. */
export function isDefault(node: Expr): boolean {
  const kind = node.exprKind;
  return (
    kind.case === 'callExpr' && kind.value.function === 'default' && kind.value.target === undefined
  );
}

function chooseDefault(id: bigint, candidate: Expr, alternative: Expr): Expr {
  if (mayBeMissing(candidate)) {
    const isNull = callNode(id, '_==_', [candidate, nullNode(id)]);
    // Whatever fails in a path is a missing step; an error counts as "not false".
    const absent = callNode(id, '@not_strictly_false', [isNull]);
    return callNode(id, '_?_:_', [absent, alternative, candidate]);
  }
  const name = nameNode(id, CANDIDATE);
  const isNull = callNode(id, '_==_', [name, nullNode(id)]);
  const body = callNode(id, '_?_:_', [isNull, alternative, name]);
  return bindNode(id, CANDIDATE, candidate, body);
}

/** A path or `env(…)`: its only failure that matters is that there is no such thing. */
function mayBeMissing(expr: Expr): boolean {
  if (accessPath(expr) !== undefined) return true;
  const kind = expr.exprKind;
  return (
    kind.case === 'callExpr' && kind.value.target === undefined && kind.value.function === 'env'
  );
}

/** Every node, parents before their children. */
function nodesOf(root: Expr): Expr[] {
  const nodes: Expr[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    nodes.push(node);
    pending.push(...childrenOf(node));
  }
  return nodes;
}

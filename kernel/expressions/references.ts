import {
  type AccessPath,
  accessPath,
  type Call,
  childrenOf,
  type Expr,
  type Parsed,
  stringConstant,
} from './ast.ts';
import { isDefault } from './rewrite.ts';

/** A name that an expression reads from the root, with the literal fields that follow it. */
export interface Reference {
  /** The root name, then fields up to the first computed one: `["_ork", "workloads", "fetch"]`. */
  path: string[];
  /** Where each part of `path` stands in the source, in UTF-16 units. */
  offsets: number[];
  /**
   * `default`: the reference may be missing altogether. `has`: the last part of the path may be
   * missing. `required`: all of it has to exist.
   */
  presence: 'required' | 'has' | 'default';
}

/** A call of a function, or of a method of a value. */
export interface FunctionCall {
  name: string;
  method: boolean;
  offset: number;
  /** How many arguments it is given, the value of a method not counted. */
  arguments: number;
  /** The first argument, where it is literal text. */
  text?: string;
  /** Whether it stands in `default`, where it may yield nothing. */
  optional: boolean;
}

/** What can be said of an expression without evaluating it. */
export interface Analysis {
  references: Reference[];
  calls: FunctionCall[];
  /** The names of secrets that it needs, as far as they are literal; `default` makes one optional. */
  secrets: string[];
  /**
   * True when its cost grows with the size of the data: it has no loop (`filter`, `map`, `exists`, …)
   * and no regular expression.
   */
  linear: boolean;
}

interface Visit {
  expr: Expr;
  /** Variables of the comprehensions around `expr`. */
  bound: Bound | undefined;
  optional: boolean;
}

interface Bound {
  name: string;
  outer: Bound | undefined;
}

const OPERATOR = /^[^A-Za-z]|^_/;
/** Matching takes the product of the sizes of text and pattern. */
const NOT_LINEAR = 'matches';

/**
 * Finds the names, calls and loops of a parsed expression. Variables of comprehensions are no
 * references. `source` is the text that was parsed.
 */
export function analyse(parsed: Parsed, source: string): Analysis {
  const analysis: Analysis = { references: [], calls: [], secrets: [], linear: true };
  const pending: Visit[] = [{ expr: parsed.expr, bound: undefined, optional: false }];
  const places = new Places(parsed, source);
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    pending.push(...inspect(visit, analysis, places).reverse());
  }
  return analysis;
}

function inspect(visit: Visit, analysis: Analysis, places: Places): Visit[] {
  const { expr, bound } = visit;
  const path = accessPath(expr);
  if (path !== undefined) {
    if (!isBound(path.name, bound)) analysis.references.push(toReference(path, visit, places));
    const indices = path.steps.map((step) => step.index).filter((index) => index !== undefined);
    return indices.map((index) => ({ expr: index, bound, optional: false }));
  }
  const kind = expr.exprKind;
  if (kind.case === 'comprehensionExpr') return inspectLoop(visit, analysis);
  if (kind.case === 'callExpr' && !OPERATOR.test(kind.value.function)) {
    noteCall(kind.value, places.offsetOf(expr), visit.optional, analysis);
  }
  const optional = isDefault(expr);
  return childrenOf(expr).map((child, index) => ({
    expr: child,
    bound,
    optional: optional && index === 0,
  }));
}

function noteCall(
  { function: name, target, args }: Call,
  offset: number,
  optional: boolean,
  found: Analysis,
): void {
  const method = target !== undefined;
  const text = args[0] && stringConstant(args[0]);
  const call = { name, method, offset, arguments: args.length, optional };
  found.calls.push(text === undefined ? call : { ...call, text });
  if (name === NOT_LINEAR) found.linear = false;
  if (name !== 'secret' || method || optional) return;
  if (text !== undefined && !found.secrets.includes(text)) found.secrets.push(text);
}

function inspectLoop({ expr, bound }: Visit, analysis: Analysis): Visit[] {
  analysis.linear = false;
  if (expr.exprKind.case !== 'comprehensionExpr') return [];
  const { iterVar, iterVar2, accuVar, iterRange, accuInit } = expr.exprKind.value;
  let inner = bound;
  for (const name of [iterVar, iterVar2, accuVar]) {
    if (name !== '') inner = { name, outer: inner };
  }
  return childrenOf(expr).map((child) => {
    const outside = child === iterRange || child === accuInit;
    return { expr: child, bound: outside ? bound : inner, optional: false };
  });
}

function isBound(name: string, bound: Bound | undefined): boolean {
  for (let scope = bound; scope !== undefined; scope = scope.outer) {
    if (scope.name === name) return true;
  }
  return false;
}

function toReference(path: AccessPath, visit: Visit, places: Places): Reference {
  const parts = [path.name];
  const offsets = [places.offsetOf(path.root)];
  for (const { node, field } of path.steps) {
    if (field === undefined) break;
    parts.push(field);
    offsets.push(places.offsetOf(node));
  }
  return { path: parts, offsets, presence: presenceOf(visit) };
}

function presenceOf({ expr, optional }: Visit): Reference['presence'] {
  if (optional) return 'default';
  return expr.exprKind.case === 'selectExpr' && expr.exprKind.value.testOnly ? 'has' : 'required';
}

/** Where nodes stand in the source; the parser counts a leading dot as part of a name. */
class Places {
  readonly #positions: Record<string, number>;
  readonly #source: string;

  constructor(parsed: Parsed, source: string) {
    this.#positions = parsed.sourceInfo?.positions ?? {};
    this.#source = source;
  }

  offsetOf(expr: Expr): number {
    let offset = this.#positions[expr.id.toString()] ?? 0;
    while (/[.\s]/.test(this.#source.charAt(offset))) offset++;
    return offset;
  }
}

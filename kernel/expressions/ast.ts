import type { parse } from '@bufbuild/cel';

/** A CEL expression with the offsets of its nodes. */
export type Parsed = ReturnType<typeof parse>;

/** A node of a CEL expression. */
export type Expr = Parsed['expr'];

/** What is inside the node of a call. */
export type Call = Extract<Expr['exprKind'], { case: 'callExpr' }>['value'];

/** What is inside the node of a loop. */
export type Comprehension = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value'];

/** An access path such as `a.b["c"][i]`, from its root name outwards. */
export interface AccessPath {
  root: Expr;
  name: string;
  steps: PathStep[];
}

export interface PathStep {
  /** The node that takes this step. */
  node: Expr;
  /** The field's name, or undefined when it is computed or a number. */
  field: string | undefined;
  /** The key, when it stands between brackets. */
  index: Expr | undefined;
}

/** The access path that a node is, or undefined when it does not start at a name. */
export function accessPath(expr: Expr): AccessPath | undefined {
  const steps: PathStep[] = [];
  let node = expr;
  for (;;) {
    const kind = node.exprKind;
    if (kind.case === 'identExpr') {
      return { root: node, name: kind.value.name, steps: steps.reverse() };
    }
    const operand = operandOf(node);
    if (operand === undefined) return undefined;
    steps.push(stepOf(node));
    node = operand;
  }
}

function operandOf(node: Expr): Expr | undefined {
  const kind = node.exprKind;
  if (kind.case === 'selectExpr') return kind.value.operand;
  return isIndex(node) ? (kind.case === 'callExpr' ? kind.value.args[0] : undefined) : undefined;
}

function stepOf(node: Expr): PathStep {
  const kind = node.exprKind;
  if (kind.case === 'selectExpr') return { node, field: kind.value.field, index: undefined };
  const index = kind.case === 'callExpr' ? kind.value.args[1] : undefined;
  return { node, field: index && stringConstant(index), index };
}

function isIndex(node: Expr): boolean {
  return node.exprKind.case === 'callExpr' && node.exprKind.value.function === '_[_]';
}

/** The text of a string literal, or undefined for any other node. */
export function stringConstant(expr: Expr): string | undefined {
  if (expr.exprKind.case !== 'constExpr') return undefined;
  const constant = expr.exprKind.value.constantKind;
  return constant.case === 'stringValue' ? constant.value : undefined;
}

/** The nodes directly below one, in the order of the source. */
export function childrenOf(expr: Expr): Expr[] {
  const kind = expr.exprKind;
  switch (kind.case) {
    case 'selectExpr':
      return defined([kind.value.operand]);
    case 'callExpr':
      return defined([kind.value.target, ...kind.value.args]);
    case 'listExpr':
      return kind.value.elements;
    case 'structExpr':
      return kind.value.entries.flatMap((entry) => {
        const key = entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined;
        return defined([key, entry.value]);
      });
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = kind.value;
      return defined([iterRange, accuInit, loopCondition, loopStep, result]);
    }
    default:
      return [];
  }
}

function defined(nodes: (Expr | undefined)[]): Expr[] {
  return nodes.filter((node) => node !== undefined);
}

/** A call node; `id` is the node that the call stands for, so that errors point to its place. */
export function callNode(id: bigint, name: string, args: Expr[]): Expr {
  const value = { $typeName: 'cel.expr.Expr.Call' as const, function: name, args };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'callExpr', value } };
}

/** A literal: null, a boolean, or an integer. */
export function constantNode(id: bigint, constant: null | boolean | bigint): Expr {
  const value = { $typeName: 'cel.expr.Constant' as const, constantKind: constantKind(constant) };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'constExpr', value } };
}

function constantKind(constant: null | boolean | bigint) {
  if (constant === null) return { case: 'nullValue' as const, value: 0 };
  if (typeof constant === 'boolean') return { case: 'boolValue' as const, value: constant };
  return { case: 'int64Value' as const, value: constant };
}

export function nameNode(id: bigint, name: string): Expr {
  const value = { $typeName: 'cel.expr.Expr.Ident' as const, name };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'identExpr', value } };
}

function listNode(id: bigint, elements: Expr[]): Expr {
  const value = {
    $typeName: 'cel.expr.Expr.CreateList' as const,
    elements,
    optionalIndices: [],
  };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'listExpr', value } };
}

/** A comprehension with one variable, which starts as `init` and becomes `step` once per element. */
interface Fold {
  variable: string;
  elements: Expr[];
  init: Expr;
  step: Expr;
  result: Expr;
}

function foldNode(id: bigint, { variable, elements, init, step, result }: Fold): Expr {
  const comprehension = {
    $typeName: 'cel.expr.Expr.Comprehension' as const,
    iterVar: '@unused',
    iterVar2: '',
    iterRange: listNode(id, elements),
    accuVar: variable,
    accuInit: init,
    loopCondition: constantNode(id, true),
    loopStep: step,
    result,
  };
  const exprKind = { case: 'comprehensionExpr' as const, value: comprehension };
  return { $typeName: 'cel.expr.Expr', id, exprKind };
}

/** Evaluates `value` once, calls it `variable`, and yields `result`; a failing value fails the whole. */
export function bindNode(id: bigint, variable: string, value: Expr, result: Expr): Expr {
  const step = nameNode(id, variable);
  return foldNode(id, { variable, elements: [], init: value, step, result });
}

/** The same, but a failing value only fails what reads `variable`. */
export function attemptNode(id: bigint, variable: string, value: Expr, result: Expr): Expr {
  const nothing = constantNode(id, null);
  return foldNode(id, { variable, elements: [nothing], init: nothing, step: value, result });
}

/** Every node of a tree, parents before their children. */
export function nodesOf(root: Expr): Expr[] {
  const nodes: Expr[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    nodes.push(node);
    pending.push(...childrenOf(node));
  }
  return nodes;
}

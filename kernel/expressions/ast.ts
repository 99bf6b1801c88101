import type { parse } from '@bufbuild/cel';

/** A CEL expression with the offsets of its nodes. */
export type Parsed = ReturnType<typeof parse>;

/** A node of a CEL expression. */
export type Expr = Parsed['expr'];

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

export function nullNode(id: bigint): Expr {
  const constantKind = { case: 'nullValue' as const, value: 0 };
  const value = { $typeName: 'cel.expr.Constant' as const, constantKind };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'constExpr', value } };
}

function falseNode(id: bigint): Expr {
  const constantKind = { case: 'boolValue' as const, value: false };
  const value = { $typeName: 'cel.expr.Constant' as const, constantKind };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'constExpr', value } };
}

export function nameNode(id: bigint, name: string): Expr {
  const value = { $typeName: 'cel.expr.Expr.Ident' as const, name };
  return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'identExpr', value } };
}

/** Evaluates `value` once, calls it `name`, and yields `body`: a comprehension over an empty list. */
export function bindNode(id: bigint, name: string, value: Expr, body: Expr): Expr {
  const empty = {
    $typeName: 'cel.expr.Expr.CreateList' as const,
    elements: [],
    optionalIndices: [],
  };
  const range: Expr = {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: { case: 'listExpr', value: empty },
  };
  const comprehension = {
    $typeName: 'cel.expr.Expr.Comprehension' as const,
    iterVar: '@unused',
    iterVar2: '',
    iterRange: range,
    accuVar: name,
    accuInit: value,
    loopCondition: falseNode(id),
    loopStep: nameNode(id, name),
    result: body,
  };
  const exprKind = { case: 'comprehensionExpr' as const, value: comprehension };
  return { $typeName: 'cel.expr.Expr', id, exprKind };
}

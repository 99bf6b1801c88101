import { childrenOf, type Expr } from './ast.ts';

/** The planner recurses; it has room for many times this depth. */
const MAX_DEPTH = 100;
/** Optional fields, `a.?b` and `a[?b]`. */
const OPTIONAL_ACCESS = new Set(['_?._', '_[?_]']);

/**
 * Whether a parsed expression can surely be planned, so that nobody has to try: it is made of what expressions usually
 * are made of, and nests no deeper than they do. False says nothing; the planner has to be asked then.
 */
export function isSurelyPlannable(root: Expr): boolean {
  let level = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH || !level.every(isUsual)) return false;
    level = level.flatMap(childrenOf);
  }
  return true;
}

function isUsual({ exprKind }: Expr): boolean {
  switch (exprKind.case) {
    case 'identExpr':
    case 'constExpr':
    case 'comprehensionExpr':
      return true;
    case 'selectExpr':
      return exprKind.value.operand !== undefined;
    case 'callExpr':
      return !OPTIONAL_ACCESS.has(exprKind.value.function);
    case 'listExpr':
      return exprKind.value.optionalIndices.length === 0;
    case 'structExpr':
      return exprKind.value.messageName === '' && !exprKind.value.entries.some(isOptional);
    default:
      return false;
  }
}

function isOptional({ optionalEntry }: { optionalEntry: boolean }): boolean {
  return optionalEntry;
}

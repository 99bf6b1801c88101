import { parse } from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import type { Expr, Parsed } from './ast.ts';
import { disguiseNames } from './boolean-prefix.ts';
import { checkBrackets } from './brackets.ts';
import { FUNCTION_NAMES } from './function-table.ts';
import { MAX_EXPRESSION_LENGTH } from './limits.ts';
import { type Analysis, analyse } from './references.ts';
import { addParentheses, rewriteTree } from './rewrite.ts';
import { explainSyntax, syntaxError } from './syntax-error.ts';

export interface ParsedExpression {
  /** Ready to be planned. */
  root: Expr;
  analysis: Analysis;
}

/**
 * Parses one CEL expression and says what it reads and calls, without the rest of CEL, which takes ten times as long to
 * load as the parser. Throws an `ExpressionError` (`expression.syntax`) with the offset of the mistake.
 */
export function parseExpression(source: string): ParsedExpression {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    throw syntaxError(source, `an expression may have ${MAX_EXPRESSION_LENGTH} characters`, 0);
  }
  if (source.trim() === '') throw syntaxError(source, 'the expression is empty', 0);
  checkBrackets(source);
  return explaining(source, () => {
    const text = addParentheses(source, (name) => FUNCTION_NAMES.has(name));
    const disguised = disguiseNames(text);
    // The parser wants a comment to end with a line.
    const parsed: Parsed = parse(`${disguised.text}\n`);
    disguised.restore(parsed.expr);
    const analysis = analyse(parsed, text);
    return { root: rewriteTree(parsed.expr, source), analysis };
  });
}

/** Does a part of compiling; what it throws becomes an `ExpressionError`. */
export function explaining<T>(source: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof OrkError) throw error;
    throw explainSyntax(source, error);
  }
}

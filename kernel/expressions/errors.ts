import type { ErrorCode } from '../types/errors.ts';
import { OrkError, type OrkErrorOptions } from '../types/errors.ts';

/** The reasons that an `ExpressionError` may carry. */
export type ExpressionReason =
  | 'expression.syntax'
  | 'expression.evaluation'
  | 'expression.too-large'
  | 'expression.timeout'
  | 'secret.not-found';

export interface ExpressionErrorOptions extends OrkErrorOptions {
  reason: ExpressionReason;
  code?: ErrorCode;
  /** The text that was being compiled or evaluated: one expression or a whole template. */
  expression: string;
  /** Where in `expression` it went wrong, in UTF-16 units from 0. */
  offset?: number;
  /** How many characters from `offset` are to blame. */
  length?: number;
}

/** What is wrong with an expression, and where in its text. */
export class ExpressionError extends OrkError {
  readonly expression: string;
  readonly offset: number | undefined;
  readonly length: number;

  constructor(message: string, options: ExpressionErrorOptions) {
    super(options.code ?? 'invalid-argument', message, options);
    this.name = 'ExpressionError';
    this.expression = options.expression;
    this.offset = options.offset;
    this.length = options.length ?? 1;
  }

  /** The same error as seen from a longer text in which the expression stands at `offset`. */
  within(text: string, offset: number): ExpressionError {
    const options: ExpressionErrorOptions = {
      reason: this.reason as ExpressionReason,
      code: this.code,
      expression: text,
      offset: offset + (this.offset ?? 0),
      length: this.length,
      cause: this,
    };
    if (this.hint !== undefined) options.hint = this.hint;
    return new ExpressionError(this.message, options);
  }
}

/** An expression fit for a message: on one line, and cut when it is long. */
export function quoteExpression(source: string): string {
  const line = source.trim().replace(/\s+/g, ' ');
  return line.length <= 120 ? `\`${line}\`` : `\`${line.slice(0, 117)}…\``;
}

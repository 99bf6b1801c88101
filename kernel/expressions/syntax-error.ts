import { ExpressionError, quoteExpression } from './errors.ts';
import { FUNCTION_NAMES } from './function-table.ts';
import { didYouMean } from './nearest.ts';

interface ParserError {
  rawMessage?: string;
  location?: { start: { offset: number }; end: { offset: number } };
}

/** What the parser has thrown, in words that name the place and, if there is one, the cure. */
export function explainSyntax(source: string, thrown: unknown): ExpressionError {
  if (thrown instanceof RangeError)
    return syntaxError(source, 'the expression nests too deeply', 0);
  const { rawMessage, location } = thrown as ParserError;
  const offset = location?.start.offset ?? 0;
  if (rawMessage === undefined || location === undefined) {
    return syntaxError(source, thrown instanceof Error ? thrown.message : String(thrown), 0);
  }
  if (rawMessage.startsWith('reserved')) {
    const word = /^\w+/.exec(source.slice(offset))?.[0] ?? '';
    return syntaxError(source, `'${word}' is a reserved word`, offset, word.length);
  }
  if (offset >= source.trimEnd().length) {
    return syntaxError(
      source,
      'the expression ends too early',
      Math.max(0, source.trimEnd().length - 1),
    );
  }
  return unexpectedText(source, offset);
}

function unexpectedText(source: string, offset: number): ExpressionError {
  const text = /^(?:\w+|\S)/.exec(source.slice(offset))?.[0] ?? source.charAt(offset);
  const message = `unexpected '${text}' in ${quoteExpression(source)}`;
  return syntaxError(source, message, offset, text.length, hintFor(text, source));
}

/** What other languages write, and what CEL writes for it. */
const OTHER_LANGUAGES = new Map([
  ['|', 'there are no pipes: write upper(name) for `name | upper`'],
  ['=', 'values are compared with =='],
  ['&', 'both is written &&'],
  ['and', 'both is written &&'],
  ['or', 'either is written ||'],
  ['if', 'a choice is written: condition ? one : other'],
]);

function hintFor(text: string, source: string): string | undefined {
  const other = OTHER_LANGUAGES.get(text);
  if (other !== undefined) return other;
  const [first = ''] = /[A-Za-z_]\w*/.exec(source) ?? [];
  return FUNCTION_NAMES.has(first) ? undefined : didYouMean(first, FUNCTION_NAMES);
}

/** An `expression.syntax` error at a place in an expression. */
export function syntaxError(
  expression: string,
  message: string,
  offset: number,
  length = 1,
  hint?: string,
): ExpressionError {
  const options = { reason: 'expression.syntax' as const, expression, offset, length };
  return new ExpressionError(message, hint === undefined ? options : { ...options, hint });
}

import { ExpressionError } from './errors.ts';
import { MAX_NESTING } from './limits.ts';
import { endOfLine, endOfString } from './scanner.ts';

const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/**
 * Checks that brackets match and do not nest too deeply. The parser would find that too, but it takes
 * the square of the depth to do so, and calls itself until the stack is full.
 * Throws an `ExpressionError` (`expression.syntax`) with the offset of the bracket.
 */
export function checkBrackets(source: string): void {
  const open: number[] = [];
  let position = 0;
  while (position < source.length) {
    const character = source.charAt(position);
    if (character === '"' || character === "'") {
      position = endOfString(source, position);
      continue;
    }
    if (source.startsWith('//', position)) {
      position = endOfLine(source, position);
      continue;
    }
    if (character in CLOSING) open.push(position);
    else if (')]}'.includes(character)) closeBracket(source, position, open.pop());
    if (open.length > MAX_NESTING) {
      throw misplaced(source, position, 'the expression nests too deeply');
    }
    position++;
  }
  const [unclosed] = open.slice(-1);
  if (unclosed === undefined) return;
  const opening = source.charAt(unclosed);
  throw misplaced(source, unclosed, `'${opening}' has no matching '${CLOSING[opening]}'`);
}

function closeBracket(source: string, position: number, open: number | undefined): void {
  const closing = source.charAt(position);
  if (open !== undefined && CLOSING[source.charAt(open)] === closing) return;
  throw misplaced(source, position, `unexpected '${closing}'`);
}

function misplaced(expression: string, offset: number, message: string): ExpressionError {
  return new ExpressionError(message, { reason: 'expression.syntax', expression, offset });
}

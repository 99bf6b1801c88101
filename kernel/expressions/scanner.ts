import { ExpressionError } from './errors.ts';

/** A piece of a template: text to copy, or the source of an expression. */
export interface Segment {
  kind: 'text' | 'expression';
  /** The text, or what stands between `{{` and `}}`. */
  source: string;
  /** Where `source` starts in the template, in UTF-16 units. */
  offset: number;
}

/**
 * Splits a template into text and `{{ expression }}` parts. CEL strings, comments and braces are
 * understood, so `}}` inside a map literal or a string does not end an expression.
 * Throws an `ExpressionError` (`expression.syntax`) with its offset for a `{{` or string without end.
 */
export function scanTemplate(text: string): Segment[] {
  const segments: Segment[] = [];
  let position = 0;
  while (position < text.length) {
    const open = text.indexOf('{{', position);
    if (open < 0) break;
    if (open > position) segments.push(textSegment(text, position, open));
    const close = endOfExpression(text, open);
    segments.push({ kind: 'expression', source: text.slice(open + 2, close), offset: open + 2 });
    position = close + 2;
  }
  if (position < text.length) segments.push(textSegment(text, position, text.length));
  return segments;
}

/** True when the text has a `{{`, so that it has to be scanned and rendered. */
export function isTemplate(text: string): boolean {
  return text.includes('{{');
}

/**
 * A template that renders to exactly this text, whatever braces the text holds:
 * how `!raw` strings travel through rendering.
 */
export function literalTemplate(text: string): string {
  return isTemplate(text) ? `{{ ${celString(text)} }}` : text;
}

/** Half a surrogate pair stands for itself; CEL refuses the escape that JSON has for it. */
function celString(text: string): string {
  return JSON.stringify(text).replace(/\\(?:u(d[0-9a-f]{3})|.)/g, (escaped, unit?: string) =>
    unit === undefined ? escaped : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

function textSegment(text: string, start: number, end: number): Segment {
  return { kind: 'text', source: text.slice(start, end), offset: start };
}

function endOfExpression(text: string, open: number): number {
  let braces = 0;
  let position = open + 2;
  while (position < text.length) {
    const character = text[position];
    if (character === '"' || character === "'") {
      position = endOfString(text, position, open + 2);
    } else if (text.startsWith('//', position)) {
      position = endOfComment(text, position);
    } else if (character === '}' && braces === 0 && text[position + 1] === '}') {
      return position;
    } else {
      if (character === '{') braces++;
      if (character === '}' && braces > 0) braces--;
      position++;
    }
  }
  throw new ExpressionError("'{{' has no matching '}}'", {
    reason: 'expression.syntax',
    expression: text,
    offset: open,
    length: 2,
    hint: "close the expression with '}}', or tag the string with !raw to keep the braces as text",
  });
}

/** The offset after a CEL string literal whose opening quote stands at `start`. */
export function endOfString(text: string, start: number, floor = 0): number {
  const quote = text.charAt(start);
  const triple = text.startsWith(quote.repeat(3), start);
  const delimiter = triple ? quote.repeat(3) : quote;
  const raw = isRawPrefix(text.slice(Math.max(floor, start - 3), start));
  let position = start + delimiter.length;
  while (position < text.length) {
    if (text.startsWith(delimiter, position)) return position + delimiter.length;
    if (!triple && text[position] === '\n') break;
    position += text[position] === '\\' && !raw ? 2 : 1;
  }
  throw new ExpressionError('this string has no closing quote', {
    reason: 'expression.syntax',
    expression: text,
    offset: start,
  });
}

/** Whether the characters before a quote are one of CEL's prefixes `r`, `rb`, `br`, not the end of a name. */
function isRawPrefix(before: string): boolean {
  return /(?:^|[^A-Za-z0-9_])(?:r|rb|br)$/i.test(before);
}

/** A comment ends with its line, or with the expression when that stands on one line. */
function endOfComment(text: string, start: number): number {
  const close = text.indexOf('}}', start);
  const line = endOfLine(text, start);
  return close < 0 ? line : Math.min(line, close);
}

/** Where the line of an offset ends. */
export function endOfLine(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  return newline < 0 ? text.length : newline;
}

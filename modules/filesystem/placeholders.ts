import { OrkError } from '../../sdk/typescript/index.ts';

/** A piece of a template: text to copy, or an expression to put a value for. */
export type Piece = { text: string } | { expression: string; line: number };

/** Splits a template at `{{ expression }}`; strings and maps inside may hold braces. */
export function splitTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  for (;;) {
    const open = template.indexOf('{{', position);
    const text = template.slice(position, open < 0 ? undefined : open);
    if (text !== '') pieces.push({ text });
    if (open < 0) return pieces;
    const line = lineAt(template, open);
    const close = endOfExpression(template, open + 2, line);
    const expression = template.slice(open + 2, close).trim();
    if (expression === '') throw malformed(`Line ${line}: there is nothing between {{ and }}.`);
    pieces.push({ expression, line });
    position = close + 2;
  }
}

function lineAt(template: string, offset: number): number {
  return template.slice(0, offset).split('\n').length;
}

/** What may stand between the braces: a string, or any other character. */
const STRING_OR_CHARACTER = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[\s\S]/y;

function endOfExpression(template: string, start: number, line: number): number {
  let depth = 0;
  STRING_OR_CHARACTER.lastIndex = start;
  for (let at = start; at < template.length; at = STRING_OR_CHARACTER.lastIndex) {
    if (depth === 0 && template.startsWith('}}', at)) return at;
    const part = STRING_OR_CHARACTER.exec(template)?.[0];
    if (part === '{') depth += 1;
    if (part === '}' && depth > 0) depth -= 1;
  }
  throw malformed(`Line ${line}: {{ has no matching }}.`);
}

function malformed(message: string): OrkError {
  return new OrkError('invalid-argument', message, {
    reason: 'filesystem.template-syntax',
    hint: 'To write braces as they are, write {{ "{{" }}.',
  });
}

/** The name under which an expression sees all vars at once. */
export const ALL_VARS = 'vars';

const NAME = /^[A-Za-z_]\w*$/;

/**
 * The expression with each var that it names bound to that name: a program knows one name only, so the
 * others are bound as a macro binds the element of a list.
 */
export function bindNames(expression: string, names: readonly string[]): string {
  const mentioned = new Set(expression.match(/[A-Za-z_]\w*/g));
  return names
    .filter((name) => NAME.test(name) && name !== ALL_VARS && mentioned.has(name))
    .reduce(
      (inner, name) => `[${ALL_VARS}.${name}].map(${name}, ${inner})[0]`,
      `(${expression}\n)`,
    );
}

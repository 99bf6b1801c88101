import { Scalar } from 'yaml';

/**
 * Where a character of a YAML string stands in the string's source. `source` is the scalar as written,
 * with its quotes or its block header; `offset` counts in the decoded `value`. It walks along both, and
 * for folded text, where several sources give one value, comes close enough for a caret.
 */
export function sourceOffset(source: string, style: string, value: string, offset: number): number {
  const block = style === Scalar.BLOCK_LITERAL || style === Scalar.BLOCK_FOLDED;
  return block ? inBlock(source, value, offset) : inFlow(source, style, value, offset);
}

function inBlock(source: string, value: string, offset: number): number {
  let at = source.indexOf('\n') + 1;
  const indent = /^(?:[^\S\n]*\n)*( *)/.exec(source.slice(at))?.[1]?.length ?? 0;
  at = skipIndent(source, at, indent);
  for (let index = 0; index < offset && at < source.length; ) {
    const same = source[at] === value[index];
    const folded = source[at] === '\n' && value[index] === ' ';
    const newline = source[at] === '\n';
    if (same || folded) index++;
    at++;
    if (newline) at = skipIndent(source, at, indent);
  }
  return at;
}

function skipIndent(source: string, at: number, indent: number): number {
  let end = at;
  while (end < at + indent && source[end] === ' ') end++;
  return end;
}

function inFlow(source: string, style: string, value: string, offset: number): number {
  let at = style === Scalar.PLAIN ? 0 : 1;
  let index = 0;
  while (index < offset && at < source.length) {
    const fold = /^[ \t]*\r?\n\s*/.exec(source.slice(at, at + 4096))?.[0];
    if (fold !== undefined) {
      at += fold.length;
      index += /^\s*/.exec(value.slice(index))?.[0].length ?? 0;
    } else {
      const step = stepLength(source, at, style);
      at += step.source;
      index += step.value;
    }
  }
  return at;
}

/** How many characters one step takes in the source and in the value. */
function stepLength(source: string, at: number, style: string): { source: number; value: number } {
  if (style === Scalar.QUOTE_SINGLE && source.startsWith("''", at)) return { source: 2, value: 1 };
  if (style !== Scalar.QUOTE_DOUBLE || source[at] !== '\\') return { source: 1, value: 1 };
  const continuation = /^\\\r?\n[ \t]*/.exec(source.slice(at, at + 4096));
  if (continuation !== null) return { source: continuation[0].length, value: 0 };
  const kind = source[at + 1];
  if (kind === 'x') return { source: 4, value: 1 };
  if (kind === 'u') return { source: 6, value: 1 };
  if (kind === 'U') return { source: 10, value: 2 };
  return { source: 2, value: 1 };
}

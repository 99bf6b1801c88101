import { Scalar } from 'yaml';

/** How far a walk has come: in the source, and in the value. */
interface Step {
  at: number;
  index: number;
}

/** Characters of the value between two steps that are remembered. */
const DISTANCE = 128;

/**
 * Where the characters of a YAML string stand in the string's source. It walks along both, and for folded text,
 * where several sources give one value, comes close enough for a caret. A place is remembered now and then: a
 * long text with thousands of mistakes is not walked from its start for each of them.
 */
export class ScalarOffsets {
  readonly #source: string;
  readonly #value: string;
  readonly #style: string;
  /** The indentation of a block's lines; undefined for text that is no block. */
  readonly #indent: number | undefined;
  readonly #known: Step[];

  /** `source` is the scalar as written, with its quotes or its block header; `value` is what it means. */
  constructor(source: string, style: string, value: string) {
    this.#source = source;
    this.#style = style;
    this.#value = value;
    const block = style === Scalar.BLOCK_LITERAL || style === Scalar.BLOCK_FOLDED;
    if (!block) {
      this.#known = [{ at: style === Scalar.PLAIN ? 0 : 1, index: 0 }];
      return;
    }
    const start = source.indexOf('\n') + 1;
    this.#indent = /^(?:[^\S\n]*\n)*( *)/.exec(source.slice(start))?.[1]?.length ?? 0;
    this.#known = [{ at: skipIndent(source, start, this.#indent), index: 0 }];
  }

  /** The offset in the source of the character at `offset` in the value. */
  sourceOffset(offset: number): number {
    let step = this.#closest(offset);
    while (step.index < offset && step.at < this.#source.length) {
      step = this.#indent === undefined ? this.#inFlow(step) : this.#inBlock(step, this.#indent);
      const last = this.#known.at(-1)?.index ?? 0;
      if (step.index >= last + DISTANCE) this.#known.push(step);
    }
    return step.at;
  }

  /** The remembered step right before an offset. */
  #closest(offset: number): Step {
    // One stands about every DISTANCE characters, so that this looks at few.
    let place = Math.min(Math.floor(offset / DISTANCE), this.#known.length - 1);
    while (place > 0 && (this.#known[place]?.index ?? 0) > offset) place--;
    return this.#known[place] ?? { at: 0, index: 0 };
  }

  #inBlock({ at, index }: Step, indent: number): Step {
    const same = this.#source[at] === this.#value[index];
    const newline = this.#source[at] === '\n';
    const folded = newline && this.#value[index] === ' ';
    return {
      at: newline ? skipIndent(this.#source, at + 1, indent) : at + 1,
      index: same || folded ? index + 1 : index,
    };
  }

  #inFlow({ at, index }: Step): Step {
    const fold = /^[ \t]*\r?\n\s*/.exec(this.#source.slice(at, at + 4096))?.[0];
    if (fold === undefined) {
      const step = stepLength(this.#source, at, this.#style);
      return { at: at + step.source, index: index + step.value };
    }
    const blank = /^\s*/.exec(this.#value.slice(index))?.[0].length ?? 0;
    return { at: at + fold.length, index: index + blank };
  }
}

function skipIndent(source: string, at: number, indent: number): number {
  let end = at;
  while (end < at + indent && source[end] === ' ') end++;
  return end;
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

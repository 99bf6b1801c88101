/** The index of a node fits into so many bits. */
export const NODE_BITS = 7;

/** The code units that are accepted at one place: one, or two that mean the same. */
export type Units = readonly number[];

/** One code unit of a spelling. */
export interface SpellingNode {
  readonly index: number;
  /** Undefined for a first unit. */
  readonly parent: SpellingNode | undefined;
  readonly units: Units;
  readonly children: SpellingNode[];
  /** Whether a spelling is complete here. */
  ends: boolean;
}

/** All ways to write one character, or one byte, of a secret: a tree of code units. */
export interface Spelling {
  readonly first: readonly SpellingNode[];
  readonly nodes: readonly SpellingNode[];
  /** The nodes where a spelling is complete. */
  readonly last: readonly SpellingNode[];
  /** Code units of the longest one. */
  readonly longest: number;
}

/** Collects the ways to write something, which share their beginnings. */
export class SpellingBuilder {
  readonly #first: SpellingNode[] = [];
  readonly #nodes: SpellingNode[] = [];
  #longest = 0;

  add(...parts: readonly (readonly Units[])[]): this {
    const sequence = parts.flat();
    let siblings = this.#first;
    let node: SpellingNode | undefined;
    for (const units of sequence) {
      node =
        siblings.find((sibling) => same(sibling.units, units)) ?? this.#grow(siblings, node, units);
      siblings = node.children;
    }
    if (node !== undefined) node.ends = true;
    this.#longest = Math.max(this.#longest, sequence.length);
    return this;
  }

  /** Throws a `RangeError` when there are too many nodes for `NODE_BITS`. */
  build(): Spelling {
    const nodes = this.#nodes;
    if (nodes.length > 1 << NODE_BITS) throw new RangeError('a character has too many spellings');
    const last = nodes.filter(({ ends }) => ends);
    return { first: this.#first, nodes, last, longest: this.#longest };
  }

  #grow(siblings: SpellingNode[], parent: SpellingNode | undefined, units: Units): SpellingNode {
    const index = this.#nodes.length;
    const node: SpellingNode = { index, parent, units, children: [], ends: false };
    this.#nodes.push(node);
    siblings.push(node);
    return node;
  }
}

/** The text as it is. */
export function exactly(text: string): Units[] {
  return Array.from({ length: text.length }, (_, at) => [text.charCodeAt(at)]);
}

/** A number in hex digits of either case. */
export function hexDigits(value: number, width: number): Units[] {
  const digits = value.toString(16).padStart(width, '0');
  return [...digits].map((digit) => {
    const upper = digit.toUpperCase();
    const lower = digit.charCodeAt(0);
    return upper === digit ? [lower] : [lower, upper.charCodeAt(0)];
  });
}

function same(a: Units, b: Units): boolean {
  return a[0] === b[0] && a.length === b.length;
}

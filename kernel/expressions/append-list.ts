import type { CelList, CelValue } from '@bufbuild/cel';

const LIST = Symbol.for('@bufbuild/cel/list');

/**
 * Joins two lists. `map` and `filter` build their result by adding one element at a time; the
 * library's own concatenation nests a list per element, which costs the square of the length and
 * overflows the stack. Here the elements go to the end of a shared array as long as nobody else
 * has extended it, so that each addition is cheap and earlier lists stay what they were.
 */
export function appendLists(left: CelList, right: CelList): CelList {
  const base = left instanceof AppendList && left.isTip() ? left.elements : [...left];
  for (const value of right) base.push(value);
  return new AppendList(base) as unknown as CelList;
}

class AppendList {
  readonly [LIST] = true;
  readonly elements: CelValue[];
  readonly size: number;

  constructor(elements: CelValue[]) {
    this.elements = elements;
    this.size = elements.length;
  }

  isTip(): boolean {
    return this.elements.length === this.size;
  }

  get(index: number): CelValue | undefined {
    return index < this.size ? this.elements[index] : undefined;
  }

  *values(): IterableIterator<CelValue> {
    for (let index = 0; index < this.size; index++) yield this.elements[index] as CelValue;
  }

  [Symbol.iterator](): IterableIterator<CelValue> {
    return this.values();
  }
}

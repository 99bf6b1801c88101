import type { CelList, CelValue } from '@bufbuild/cel';
import { MAX_LIST_LENGTH } from './limits.ts';
import { spend } from './meter.ts';
import { tooLarge } from './result.ts';

const LIST = Symbol.for('@bufbuild/cel/list');

/**
 * Joins two lists. `map` and `filter` build their result by adding one element at a time; the
 * library's own concatenation nests a list per element, which costs the square of the length and
 * overflows the stack. Here the elements go to the end of a shared array as long as nobody else
 * has extended it, so that each addition is cheap and earlier lists stay what they were.
 */
export function appendLists(left: CelList, right: CelList): CelList {
  const atTip = left instanceof AppendList && left.isTip();
  if (left.size + right.size > MAX_LIST_LENGTH) {
    throw tooLarge(`of + has more than ${MAX_LIST_LENGTH} elements`);
  }
  spend(right.size + (atTip ? 0 : left.size));
  const base = atTip ? left.elements : [...left];
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

import {
  type Block,
  compactBlock,
  EMPTY_BLOCK,
  joinBlocks,
  LINE_FEED,
  splitAtLeast,
  splitBlock,
} from './block.ts';

/** What may wait at once; both bounds hold. */
export interface QueueLimits {
  records: number;
  bytes: number;
}

/**
 * Records in order, within both bounds. One exception: a record larger than `bytes` is let in while
 * nothing else waits, or it could never pass.
 */
export class RecordQueue {
  readonly #limits: QueueLimits;
  #blocks: Block[] = [];
  /** Of the first block that is still there: taking one must not move all the others. */
  #head = 0;
  #records = 0;
  #bytes = 0;
  #highWater = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The most records that have waited at once. */
  get highWater(): number {
    return this.#highWater;
  }

  /** 0 to 1: how full, by records or bytes, whichever is more. */
  get fillRatio(): number {
    const { records, bytes } = this.#limits;
    return Math.min(1, Math.max(this.#records / records, this.#bytes / bytes));
  }

  /** Lets in the first records of the block for as long as they fit; the answer is what did not. */
  accept(block: Block): Block {
    const roomRecords = this.#limits.records - this.#records;
    const roomBytes = this.#limits.bytes - this.#bytes;
    const isEmpty = this.#records === 0;
    if (block.records === 0 || roomRecords < 1 || (roomBytes < 1 && !isEmpty)) return block;
    const [first, rest] = splitBlock(block, roomRecords, roomBytes);
    if (first.bytes.length > roomBytes && !isEmpty) return block;
    this.#push(first);
    return rest;
  }

  /** Lets all of the block in, and the oldest records out for as long as the bounds are passed: how many. */
  displace(block: Block): number {
    if (block.records === 0) return 0;
    const { records, bytes } = this.#limits;
    const [surplus, kept] = newestOf(block, records, bytes);
    const older = surplus.records > 0 ? this.clear() : this.#dropOldest(kept);
    this.#push(kept);
    return surplus.records + older;
  }

  /** The oldest records, up to both bounds; at least one, however large, if there is one. */
  take(maxRecords: number, maxBytes: number): Block {
    const parts: Block[] = [];
    let records = 0;
    let bytes = 0;
    for (let head = this.#blocks[this.#head]; head !== undefined; head = this.#blocks[this.#head]) {
      const [first, rest] = splitBlock(head, maxRecords - records, maxBytes - bytes);
      if (records > 0 && bytes + first.bytes.length > maxBytes) break;
      if (first.records === 0) break;
      parts.push(first);
      records += first.records;
      bytes += first.bytes.length;
      this.#replaceHead(first, rest);
    }
    return parts.length === 0 ? EMPTY_BLOCK : joinBlocks(parts);
  }

  /** Empties it; the answer is how many records were there. */
  clear(): number {
    const records = this.#records;
    this.#blocks = [];
    this.#head = 0;
    this.#records = 0;
    this.#bytes = 0;
    return records;
  }

  /** Makes room for a block that fits by itself. */
  #dropOldest(block: Block): number {
    const before = this.#records;
    for (;;) {
      const tooMany = this.#records + block.records - this.#limits.records;
      const tooLong = this.#bytes + block.bytes.length - this.#limits.bytes;
      const head = this.#blocks[this.#head];
      if (head === undefined || (tooMany <= 0 && tooLong <= 0)) return before - this.#records;
      this.#replaceHead(...splitAtLeast(head, Math.max(0, tooMany), Math.max(0, tooLong)));
    }
  }

  #push(block: Block): void {
    if (block.records === 0) return;
    this.#blocks.push(compactBlock(block));
    this.#records += block.records;
    this.#bytes += block.bytes.length;
    this.#highWater = Math.max(this.#highWater, this.#records);
  }

  #replaceHead(gone: Block, rest: Block): void {
    this.#records -= gone.records;
    this.#bytes -= gone.bytes.length;
    if (rest.records > 0) {
      this.#blocks[this.#head] = compactBlock(rest);
      return;
    }
    this.#blocks[this.#head] = EMPTY_BLOCK;
    this.#head++;
    if (this.#head * 2 < this.#blocks.length) return;
    this.#blocks.splice(0, this.#head);
    this.#head = 0;
  }
}

/** The last records of a block that fit both bounds, at least one; before them what does not. */
function newestOf(block: Block, records: number, bytes: number): [surplus: Block, kept: Block] {
  if (block.records <= records && block.bytes.length <= bytes) return [EMPTY_BLOCK, block];
  const tooMany = Math.min(block.records - 1, Math.max(0, block.records - records));
  const last = block.bytes.lastIndexOf(LINE_FEED, block.bytes.length - 2) + 1;
  const tooLong = Math.min(last, Math.max(0, block.bytes.length - bytes));
  return splitAtLeast(block, tooMany, tooLong);
}

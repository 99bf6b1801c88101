import { OrkError } from '../types/errors.ts';

/**
 * Whole records as newline-delimited JSON, each ended by a line feed. The kernel moves blocks and
 * does not decode them.
 */
export interface Block {
  bytes: Uint8Array;
  records: number;
}

export const EMPTY_BLOCK: Block = { bytes: new Uint8Array(0), records: 0 };

export const LINE_FEED = 10;

/** The largest single record, in bytes. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/**
 * How much larger than the block its buffer may be before the block is copied out of it. Copies of more than
 * a small part cost more than they save: batches are cut in two all the time.
 */
const TOLERATED_FACTOR = 8;
const TOLERATED_BYTES = 4096;

/**
 * A block from bytes that a worker sent. Throws `invalid-argument` unless they are exactly `records`
 * lines, each ended by a line feed, `resource-exhausted` when one is longer than the record limit. A
 * worker's own code checks what its guest writes: one that sends such a batch is broken or hostile.
 */
export function checkedBlock(bytes: Uint8Array, records: number): Block {
  let lines = 0;
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    if (end - start > MAX_RECORD_BYTES) throw oversizedRecord(end - start);
    lines++;
    start = end + 1;
  }
  if (start !== bytes.length || lines !== records) {
    throw new OrkError(
      'invalid-argument',
      `a batch said to hold ${records} records holds ${lines} whole lines`,
      { reason: 'protocol.malformed-batch' },
    );
  }
  return { bytes, records };
}

/**
 * Cuts a block after as many records as fit both bounds. The first part holds at least one record
 * unless `maxRecords` is below one, so that a record larger than `maxBytes` still moves.
 */
export function splitBlock(
  block: Block,
  maxRecords: number,
  maxBytes: number,
): [first: Block, rest: Block] {
  if (maxRecords < 1) return [EMPTY_BLOCK, block];
  if (block.records <= maxRecords && block.bytes.length <= maxBytes) return [block, EMPTY_BLOCK];
  let records = 0;
  let cut = 0;
  while (records < block.records && records < maxRecords) {
    const next = block.bytes.indexOf(LINE_FEED, cut) + 1;
    if (records > 0 && next > maxBytes) break;
    cut = next;
    records++;
  }
  return cutAt(block, records, cut);
}

/** Cuts a block so that the first part has at least that many records and bytes, or all there are. */
export function splitAtLeast(
  block: Block,
  minRecords: number,
  minBytes: number,
): [first: Block, rest: Block] {
  if (block.records <= minRecords || block.bytes.length <= minBytes) return [block, EMPTY_BLOCK];
  let records = 0;
  let cut = 0;
  while (records < minRecords || cut < minBytes) {
    cut = block.bytes.indexOf(LINE_FEED, cut) + 1;
    records++;
  }
  return cutAt(block, records, cut);
}

/** One block with the records of all, in order. */
export function joinBlocks(blocks: Block[]): Block {
  if (blocks.length === 1) return blocks[0] as Block;
  return {
    bytes: Buffer.concat(blocks.map((block) => block.bytes)),
    records: blocks.reduce((sum, block) => sum + block.records, 0),
  };
}

/**
 * The block, copied if it is a small part of a larger buffer: a few records that wait in a channel must not
 * keep the whole of what they arrived with in memory.
 */
export function compactBlock({ bytes, records }: Block): Block {
  const tolerated = bytes.length * TOLERATED_FACTOR + TOLERATED_BYTES;
  if (bytes.buffer.byteLength <= tolerated) return { bytes, records };
  return { bytes: Uint8Array.prototype.slice.call(bytes), records };
}

function cutAt(block: Block, records: number, bytes: number): [first: Block, rest: Block] {
  return [
    { bytes: block.bytes.subarray(0, bytes), records },
    { bytes: block.bytes.subarray(bytes), records: block.records - records },
  ];
}

function oversizedRecord(bytes: number): OrkError {
  return new OrkError(
    'resource-exhausted',
    `a record of ${bytes} bytes exceeds the limit of ${MAX_RECORD_BYTES}`,
    { reason: 'protocol.oversized-record', hint: 'split the data into smaller records' },
  );
}

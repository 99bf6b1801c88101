import { OrkError } from '../types/errors.ts';

/** Where a record lies. Records of one bucket and partition are ordered by their id. */
export interface RecordKey {
  /** The kind of record, e.g. `runs`. */
  bucket: string;
  /** What the record belongs to, e.g. a playbook's name. */
  partition: string;
  /** Unique within the partition; compared character by character. */
  id: string;
}

export interface StoredRecord {
  key: RecordKey;
  value: Uint8Array;
}

/** One part of a batch. */
export type Change =
  | { kind: 'put'; key: RecordKey; value: Uint8Array }
  | { kind: 'delete'; key: RecordKey };

/** Which records, and in which order. */
export interface RangeQuery {
  bucket: string;
  /** Only this partition; without it every partition, one after the other, in no particular order. */
  partition?: string;
  /** Ids from this one on, itself included. */
  from?: string;
  /** Ids up to this one, itself excluded. */
  before?: string;
  /** From the last id to the first. */
  reverse?: boolean;
  limit?: number;
}

/**
 * Keeps records of bytes under keys. Every method rejects with `closed`, reason `state.store-closed`, once the
 * store is closed, and with `invalid-argument`, reason `state.bad-key`, for a key out of form.
 */
export interface StateStore {
  /** Undefined when there is no such record. The bytes are the caller's own. */
  get(key: RecordKey): Promise<Uint8Array | undefined>;
  /** The records as they are at the moment of the call, whatever is written while they are read. */
  range(query: RangeQuery): AsyncIterable<StoredRecord>;
  /**
   * Carries out the changes in their order, all of them or none, and resolves when they are durable (as far as the
   * store can keep anything at all). Rejects with `resource-exhausted`, reason `state.record-too-large`, for a
   * value above `MAX_RECORD_BYTES`.
   */
  write(batch: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

export const MAX_RECORD_BYTES = 8 * 1024 * 1024;

const BUCKET = /^[a-z][a-z_]{0,31}$/;
const ID = /^[\x21-\x7e]{1,128}$/;
const MAX_PARTITION_BYTES = 512;

/** Throws `invalid-argument`, reason `state.bad-key`, for a key that not every store can keep. */
export function checkKey({ bucket, partition, id }: RecordKey): void {
  checkBucket(bucket);
  checkPartition(partition);
  if (!ID.test(id)) throw badKey('an id is 1 to 128 printable ASCII characters without spaces');
}

/** The same for the fields of a query. */
export function checkQuery({ bucket, partition }: RangeQuery): void {
  checkBucket(bucket);
  if (partition !== undefined) checkPartition(partition);
}

/** Throws for a batch that may not be written, before any of it is. */
export function checkBatch(batch: readonly Change[]): void {
  for (const change of batch) {
    checkKey(change.key);
    if (change.kind === 'put' && change.value.length > MAX_RECORD_BYTES) {
      throw new OrkError(
        'resource-exhausted',
        `a record has ${change.value.length} bytes, more than the ${MAX_RECORD_BYTES} allowed`,
        { reason: 'state.record-too-large' },
      );
    }
  }
}

export function storeClosed(): OrkError {
  return new OrkError('closed', 'the state store is closed', { reason: 'state.store-closed' });
}

function checkBucket(bucket: string): void {
  if (!BUCKET.test(bucket)) throw badKey('a bucket is 1 to 32 of the characters a-z and _');
}

function checkPartition(partition: string): void {
  const bytes = Buffer.byteLength(partition);
  if (bytes < 1 || bytes > MAX_PARTITION_BYTES || !partition.isWellFormed()) {
    throw badKey(`a partition is 1 to ${MAX_PARTITION_BYTES} bytes of text`);
  }
}

function badKey(rule: string): OrkError {
  return new OrkError('invalid-argument', `this is no key for the state store: ${rule}`, {
    reason: 'state.bad-key',
  });
}

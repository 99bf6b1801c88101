import {
  type Change,
  checkBatch,
  checkKey,
  checkQuery,
  type RangeQuery,
  type RecordKey,
  type StateStore,
  type StoredRecord,
  storeClosed,
} from './store.ts';

/** The records of one partition, by id. */
type Partition = Map<string, Uint8Array>;

/** Keeps everything in this process: for tests, and for what need not outlive it. */
export class MemoryStore implements StateStore {
  readonly #buckets = new Map<string, Map<string, Partition>>();
  #closed = false;

  async get(key: RecordKey): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    checkKey(key);
    const found = this.#partition(key)?.get(key.id);
    return found === undefined ? undefined : Uint8Array.from(found);
  }

  range(query: RangeQuery): AsyncIterable<StoredRecord> {
    this.#checkOpen();
    checkQuery(query);
    return this.#rangeOf(this.#select(query));
  }

  async write(batch: readonly Change[]): Promise<void> {
    this.#checkOpen();
    checkBatch(batch);
    for (const change of batch) this.#apply(change);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#buckets.clear();
  }

  async *#rangeOf(records: StoredRecord[]): AsyncGenerator<StoredRecord> {
    for (const { key, value } of records) {
      this.#checkOpen();
      yield { key, value: Uint8Array.from(value) };
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw storeClosed();
  }

  #partition({ bucket, partition }: RecordKey): Partition | undefined {
    return this.#buckets.get(bucket)?.get(partition);
  }

  #apply(change: Change): void {
    const { bucket, partition, id } = change.key;
    if (change.kind === 'put') {
      const partitions = this.#buckets.getOrInsertComputed(bucket, () => new Map());
      const records = partitions.getOrInsertComputed(partition, () => new Map());
      records.set(id, Uint8Array.from(change.value));
      return;
    }
    const records = this.#partition(change.key);
    records?.delete(id);
    if (records?.size === 0) this.#buckets.get(bucket)?.delete(partition);
  }

  #select({ bucket, partition, from, before, reverse, limit }: RangeQuery): StoredRecord[] {
    const partitions = this.#buckets.get(bucket) ?? new Map<string, Partition>();
    const names = partition === undefined ? [...partitions.keys()] : [partition];
    const found = names.flatMap((name) =>
      [...(partitions.get(name) ?? [])]
        .filter(
          ([id]) => (from === undefined || id >= from) && (before === undefined || id < before),
        )
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, value]) => ({ key: { bucket, partition: name, id }, value })),
    );
    if (reverse) found.reverse();
    return found.slice(0, limit);
  }
}

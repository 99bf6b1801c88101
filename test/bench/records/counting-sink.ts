import { Writable } from 'node:stream';

const LINE_FEED = 10;

/** Counts the records that arrive. */
export class CountingSink extends Writable {
  records = 0;
  bytes = 0;
  #watcher: { records: number; resolve: () => void } | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    let at = chunk.indexOf(LINE_FEED);
    for (; at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) this.records++;
    this.bytes += chunk.length;
    if (this.#watcher !== undefined && this.records >= this.#watcher.records) {
      this.#watcher.resolve();
    }
    done();
  }

  /** Resolves when that many records have arrived in all. */
  arrived(records: number): Promise<void> {
    return new Promise((resolve) => {
      this.#watcher = { records, resolve };
    });
  }
}

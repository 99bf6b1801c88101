import { type Block, splitBlock } from '../../streams/block.ts';
import { startTimer } from '../../types/long-timer.ts';

export interface RecordBlock extends Block {
  ended: boolean;
}

export interface ReadBounds {
  records: number;
  bytes: number;
}

/** Asks the kernel for what a channel holds; `wait` in milliseconds, or without end. */
export type FetchBlock = (bounds: ReadBounds, wait: number | undefined) => Promise<RecordBlock>;

const NOTHING: RecordBlock = { bytes: new Uint8Array(0), records: 0, ended: false };

/**
 * Fetches the next block while the guest still works on the last one, so that neither waits for the
 * other. Only where there is a single input: with several, `select` has to see what a channel holds.
 */
export class ReadAhead {
  readonly #fetch: FetchBlock;
  #next: Promise<RecordBlock> | undefined;

  constructor(fetch: FetchBlock) {
    this.#fetch = fetch;
  }

  /** At least one record, or the end, within both bounds; nothing when `wait` ran out. */
  async read(bounds: ReadBounds, wait: number | undefined): Promise<RecordBlock> {
    const next = this.#next ?? this.#fetch(bounds, wait);
    const block = this.#next === undefined ? await next : await within(next, wait);
    if (block === undefined) return NOTHING;
    const [first, rest] = cut(block, bounds);
    this.#next = undefined;
    if (rest !== undefined) this.#next = Promise.resolve(rest);
    // A guest that polls wants to do something else in between: it may not come back.
    else if (!first.ended && wait === undefined) this.#next = this.#ahead(bounds);
    return first;
  }

  /**
   * Whether a read would return at once, waiting for that as long as `wait` says. Undefined when nothing
   * is on its way, so that only the channel knows.
   */
  readable(wait: number | undefined): Promise<boolean> | undefined {
    if (this.#next === undefined) return undefined;
    const settled = this.#next.then(
      () => true,
      () => true,
    );
    return within(settled, wait).then((answer) => answer === true);
  }

  #ahead(bounds: ReadBounds): Promise<RecordBlock> {
    const next = this.#fetch(bounds, undefined);
    next.catch(() => {});
    return next;
  }
}

/** What the promise yields, or undefined when the time has passed first. */
function within<T>(promise: Promise<T>, wait: number | undefined): Promise<T | undefined> {
  if (wait === undefined) return promise;
  return new Promise((resolve, reject) => {
    const cancel = startTimer(wait, () => resolve(undefined));
    promise.then(resolve, reject).finally(cancel);
  });
}

/** A block that was fetched under wider bounds than it is read with, in two. */
function cut(
  block: RecordBlock,
  { records, bytes }: ReadBounds,
): [first: RecordBlock, rest: RecordBlock | undefined] {
  const [first, rest] = splitBlock(block, Math.max(1, records), bytes);
  if (rest.records === 0) return [block, undefined];
  return [
    { ...first, ended: false },
    { ...rest, ended: block.ended },
  ];
}

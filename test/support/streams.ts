import { type Block, checkedBlock } from '../../kernel/streams/block.ts';
import type { WriteEnd } from './channel-model.ts';

/** A block of these lines. */
export function blockOf(...records: (string | number)[]): Block {
  return checkedBlock(Buffer.from(records.map((record) => `${record}\n`).join('')), records.length);
}

/** The lines of a block. */
export function linesIn({ bytes }: Block): string[] {
  return Buffer.from(bytes).toString().split('\n').slice(0, -1);
}

/** How a real write has ended so far. */
export interface ObservedWrite {
  end: WriteEnd;
}

const ENDS: Record<string, WriteEnd> = {
  closed: 'closed',
  canceled: 'canceled',
  'resource-exhausted': 'violation',
};

/** Watches a write: by its promise, without waiting for it. */
export function observe(write: Promise<number>): ObservedWrite {
  const observed: ObservedWrite = { end: 'waits' };
  write.then(
    (dropped) => {
      observed.end = { dropped };
    },
    (error: { code: string }) => {
      observed.end = ENDS[error.code] as WriteEnd;
    },
  );
  return observed;
}

/** Lets every promise that can settle do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

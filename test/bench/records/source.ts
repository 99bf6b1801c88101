import type { Block } from '../../../kernel/streams/block.ts';

/** The records that all stages work on. */
export interface Item {
  id: number;
  name: string;
  price: number;
  amount: number;
  country: string;
}

export const BLOCK_RECORDS = 1000;
/** Blocks that differ; made once and then sent over and over, so that making them is not measured. */
const DISTINCT_BLOCKS = 50;

/** `count` records in blocks, as a stage before would send them. */
export function* blocksOf(count: number): Generator<Block> {
  const blocks = Array.from({ length: DISTINCT_BLOCKS }, (_, index) => makeBlock(index));
  const [one] = blocks as [Block];
  const whole = Math.ceil(count / BLOCK_RECORDS);
  for (let index = 0; index < whole; index++) yield blocks[index % DISTINCT_BLOCKS] ?? one;
}

function makeBlock(index: number): Block {
  const lines = Array.from({ length: BLOCK_RECORDS }, (_, offset) =>
    JSON.stringify(makeItem(index * BLOCK_RECORDS + offset)),
  );
  return { bytes: Buffer.from(`${lines.join('\n')}\n`), records: BLOCK_RECORDS };
}

function makeItem(id: number): Item {
  return {
    id,
    name: `item-${id}`,
    price: (id % 997) + 0.5,
    amount: 1 + (id % 7),
    country: ['DE', 'FR', 'IT', 'PL'][id % 4] as string,
  };
}

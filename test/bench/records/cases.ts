import type { JsonObject } from '../../../kernel/types/json.ts';
import type { Aim } from '../measure.ts';
import type { Item } from './source.ts';

/** One stage: as a workload of ORK, and the same in plain Node. */
export interface Stage {
  module: string;
  params: JsonObject;
  /** Undefined drops the record. Without it the bytes pass untouched. */
  plain?: (record: Item & JsonObject) => object | undefined;
}

export interface RecordCase {
  name: string;
  what: string;
  stages: Stage[];
  /** All stages in one worker, as the steps of a `stream:pipeline`. */
  together?: true;
  /** How plain Node does it: all stages in one process, or each in one of its own with pipes between. */
  plain: 'one process' | 'pipes';
  /** The part of `Sizes.records` that it gets, so that no case takes much longer than the others. */
  share: number;
  aim?: Aim;
}

const PROJECT: Stage = {
  module: 'data:map',
  params: {
    fields: {
      id: 'record.id',
      price: 'record.price',
      amount: 'record.amount',
      total: 'record.price * record.amount',
    },
  },
  plain: ({ id, price, amount }) => ({ id, price, amount, total: price * amount }),
};

const ADD: Stage = {
  module: 'data:map',
  params: { set: { double: 'record.price * 2.0' } },
  plain: (record) => ({ ...record, double: record.price * 2 }),
};

const REMOVE: Stage = {
  module: 'data:map',
  params: { remove: ['country'] },
  plain: ({ country, ...rest }) => rest,
};

/** Keeps all of them, so that every stage of a pipeline has the same to do. */
const KEEP: Stage = {
  module: 'data:filter',
  params: { where: 'record.price > 0.0' },
  plain: (record) => (record.price > 0 ? record : undefined),
};

const FIVE = [KEEP, ADD, REMOVE, PROJECT, KEEP];

const PASS: Stage = { module: 'control:identity', params: {} };

export const CASES: RecordCase[] = [
  {
    name: 'expression',
    what: 'one stage, by expression (data:map, four fields)',
    stages: [PROJECT],
    plain: 'one process',
    share: 0.15,
    aim: { of: 'median', least: 200_000 },
  },
  {
    name: 'guest',
    what: 'one stage, by expression and guest (data:map, set)',
    stages: [ADD],
    plain: 'one process',
    share: 0.1,
  },
  {
    name: 'guest-only',
    what: 'one stage, by guest code alone (data:map, remove)',
    stages: [REMOVE],
    plain: 'one process',
    share: 0.1,
  },
  {
    name: 'two-workers',
    what: 'two stages in two workers, by expression',
    stages: [PROJECT, PROJECT],
    plain: 'pipes',
    share: 0.1,
    aim: { of: 'median', least: 90_000 },
  },
  {
    name: 'pipeline',
    what: 'five stages in five workers (filter, set, remove, fields, filter)',
    stages: FIVE,
    plain: 'one process',
    share: 0.05,
  },
  {
    name: 'pipeline-together',
    what: 'the same five stages in one worker (stream:pipeline)',
    stages: FIVE,
    together: true,
    plain: 'one process',
    share: 0.05,
  },
  {
    name: 'pass-through',
    what: 'one stage that passes blocks on (control:identity)',
    stages: [PASS],
    plain: 'pipes',
    share: 1,
    aim: { of: 'median', least: 1_000_000 },
  },
];

export function caseNamed(name: string): RecordCase {
  const found = CASES.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new Error(
    `no record case '${name}'; there are ${CASES.map(({ name }) => name).join(', ')}`,
  );
}

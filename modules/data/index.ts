import { defineFamily } from '../../sdk/typescript/index.ts';
import { aggregate } from './aggregate.ts';
import { batch } from './batch.ts';
import { collect } from './collect.ts';
import { dedupe } from './dedupe.ts';
import { filter } from './filter.ts';
import { format } from './format.ts';
import { generateFromList } from './generate-from-list.ts';
import { map } from './map.ts';
import { parse } from './parse.ts';
import { sort } from './sort.ts';
import { split } from './split.ts';

export default defineFamily({
  family: 'data',
  version: '1.0.0',
  layer: 4,
  description: 'Reads, changes, summarizes, orders and writes records.',
  license: 'Apache-2.0',
  modules: [
    aggregate,
    batch,
    collect,
    dedupe,
    filter,
    format,
    generateFromList,
    map,
    parse,
    sort,
    split,
  ],
});

import { defineFamily } from '../../sdk/typescript/index.ts';
import { checksum } from './checksum.ts';
import { chmod } from './chmod.ts';
import { copy } from './copy.ts';
import { remove } from './delete.ts';
import { list } from './list.ts';
import { mkdir } from './mkdir.ts';
import { move } from './move.ts';
import { read } from './read.ts';
import { stat } from './stat.ts';
import { template } from './template.ts';
import { write } from './write.ts';

export default defineFamily({
  family: 'filesystem',
  version: '1.0.0',
  layer: 1,
  description:
    'Reads, writes, lists and arranges files of the workspace and of what the sandbox shows.',
  license: 'Apache-2.0',
  modules: [checksum, chmod, copy, remove, list, mkdir, move, read, stat, template, write],
});

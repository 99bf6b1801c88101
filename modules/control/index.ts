import { defineFamily } from '../../sdk/typescript/index.ts';
import { barrier } from './barrier.ts';
import { fail } from './fail.ts';
import { identity } from './identity.ts';
import { sleep } from './sleep.ts';

export default defineFamily({
  family: 'control',
  version: '1.0.0',
  layer: 1,
  description: 'Steers the flow of a playbook.',
  license: 'Apache-2.0',
  modules: [barrier, fail, identity, sleep],
});

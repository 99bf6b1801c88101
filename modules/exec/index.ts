import { defineFamily } from '../../sdk/typescript/index.ts';
import { exec } from './exec.ts';

export default defineFamily({
  family: 'exec',
  version: '1.0.0',
  layer: 1,
  description: 'Runs programs inside the sandbox of the workload.',
  license: 'Apache-2.0',
  modules: [exec],
});

import { timeCommand } from '../command.ts';
import { type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { workload, writePlaybook } from '../playbooks.ts';
import { summarize } from '../sampling.ts';

const ROUNDS = 3;

/** What one more workload costs: many that depend on nothing, in one run. */
export const many: Suite = {
  name: 'many',
  async measure({ folder, installation, sizes }: Bench): Promise<Row[]> {
    const count = sizes.manyWorkloads;
    const workloads = Array.from({ length: count }, (_, index) =>
      workload(`w${index}`, 'control:identity', `{ index: ${index} }`),
    );
    const playbook = await writePlaybook(folder, 'many', workloads);
    const samples: number[] = [];
    for (let round = 0; round < (sizes.name === 'full' ? ROUNDS : 1); round++) {
      samples.push((await timeCommand([...installation.ork, 'run', playbook])) / count);
    }
    const what = `each of ${count.toLocaleString('en')} control:identity workloads in one run`;
    return [makeRow({ id: 'many', what, unit: 'ms' }, summarize('ork', samples))];
  },
};

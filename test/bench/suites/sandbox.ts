import { Host } from '../host-api.ts';
import { type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { CASES, type RecordCase } from '../records/cases.ts';
import { interleave, type Summary, timed } from '../sampling.ts';
import { ORK, sampler } from './records.ts';

/** Of the cases of `records`, one for each way in which a worker moves them. */
const MEASURED = ['expression', 'guest', 'pass-through', 'two-workers'];

/** What the sandbox costs: everything with it and without it, by turns. */
export const sandbox: Suite = {
  name: 'sandbox',
  async measure(bench: Bench): Promise<Row[]> {
    const rows = [await coldWorkers(bench)];
    for (const of of CASES.filter(({ name }) => MEASURED.includes(name))) {
      bench.say(`  ${of.name}`);
      rows.push(await throughput(of, bench));
    }
    return rows;
  },
};

async function coldWorkers({ folder, installation, sizes }: Bench): Promise<Row> {
  const wrapped = new Host(folder, installation.from);
  const bare = new Host(folder, installation.from, [], 'none');
  const start = (host: Host) => () => timed(async () => (await host.startWorker()).ready);
  try {
    const contestants = [
      { name: 'ork', sample: start(wrapped) },
      { name: 'without a sandbox', sample: start(bare) },
    ];
    const [inside, outside] = await interleave(contestants, sizes.coldWorkers);
    return makeRow(
      {
        id: 'sandbox-cold-worker',
        what: 'cold worker in its sandbox, from its start to ready',
        unit: 'ms',
        aim: { of: 'difference', most: 15 },
      },
      inside as Summary,
      [outside as Summary],
    );
  } finally {
    await Promise.all([wrapped.close(), bare.close()]);
  }
}

async function throughput(of: RecordCase, { sizes }: Bench): Promise<Row> {
  const sample = sampler(of, Math.ceil(sizes.records * of.share));
  const contestants = [
    { name: 'ork', sample: () => sample(ORK) },
    { name: 'without a sandbox', sample: () => sample(ORK, { BENCH_SANDBOX: 'none' }) },
  ];
  const [inside, outside] = await interleave(contestants, sizes.recordRounds);
  return makeRow(
    {
      id: `sandbox-${of.name}`,
      what: `in its sandbox: ${of.what}`,
      unit: 'records/s',
      aim: { of: 'ratio', least: 0.95 },
    },
    inside as Summary,
    [outside as Summary],
  );
}

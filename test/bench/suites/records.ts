import { fileURLToPath } from 'node:url';
import { run } from '../command.ts';
import { type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { CASES, type RecordCase } from '../records/cases.ts';
import type { Outcome } from '../records/outcome.ts';
import { interleave, type Summary } from '../sampling.ts';
import type { Sizes } from '../sizes.ts';

export const ORK = fileURLToPath(new URL('../records/ork-run.ts', import.meta.url));
const PLAIN = fileURLToPath(new URL('../records/plain-run.ts', import.meta.url));

/**
 * Records per second, warm: each sample is a new kernel with new workers, or a new Node with new
 * children, that has moved one block before the clock starts.
 */
export const records: Suite = {
  name: 'records',
  async measure({ sizes, say }: Bench): Promise<Row[]> {
    const rows: Row[] = [];
    for (const of of casesFor(sizes)) {
      say(`  ${of.name}`);
      rows.push(await measureCase(of, Math.ceil(sizes.records * of.share), sizes.recordRounds));
    }
    return rows;
  },
};

function casesFor({ recordCases }: Sizes): RecordCase[] {
  return CASES.filter(({ name }) => recordCases?.includes(name) ?? true);
}

async function measureCase(of: RecordCase, count: number, rounds: number): Promise<Row> {
  const sample = sampler(of, count);
  const plainName = of.plain === 'pipes' ? 'plain Node, pipes' : 'plain Node, one process';
  const contestants = [
    { name: 'ork', sample: () => sample(ORK), rounds },
    { name: plainName, sample: () => sample(PLAIN), rounds },
  ];
  const [ork, plain] = (await interleave(contestants, rounds)) as [Summary, Summary];
  const { name, what, aim } = of;
  const text = { id: `records-${name}`, what, unit: 'records/s' } as const;
  return makeRow({ ...text, ...(aim && { aim }) }, ork, [plain]);
}

type Sampler = (script: string, environment?: NodeJS.ProcessEnv) => Promise<number>;

/** Runs a script that moves records, and sees that all of them end with the same bytes. */
export function sampler({ name }: RecordCase, count: number): Sampler {
  let expected: Outcome | undefined;
  return async (script, environment = {}) => {
    const command = [process.execPath, script, name, String(count)];
    const { stdout } = await run(command, { env: environment });
    const outcome = JSON.parse(stdout) as Outcome;
    expected ??= outcome;
    if (outcome.records < count || outcome.bytes !== expected.bytes) {
      throw new Error(
        `${name}: ${count} records sent, ${stdout} instead of ${expected.bytes} bytes`,
      );
    }
    return (outcome.records / outcome.milliseconds) * 1000;
  };
}

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../command.ts';
import { caseNamed } from '../records/cases.ts';
import type { Sizes } from '../sizes.ts';
import { type CpuProfile, type SelfTime, selfTimes, selfTimesByPart } from './self-time.ts';

const ORK = fileURLToPath(new URL('../records/ork-run.ts', import.meta.url));
const PARTS = 12;
const FUNCTIONS = 25;
const PATIENCE_MS = 10_000;
const POLL_MS = 500;
const KERNEL = 'kernel.cpuprofile';

/** Runs one record case with every process profiled: the functions that took most, per process. */
export async function profileCase(name: string, sizes: Sizes, folder: string): Promise<string> {
  const { stages, share } = caseNamed(name);
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  const count = String(Math.ceil(sizes.records * share));
  const kernel = [process.execPath, ...flags, `--cpu-prof-name=${KERNEL}`, ORK, name, count];
  await run(kernel, { env: { BENCH_WORKER_FLAGS: flags.join(' ') } });
  const files = await profilesIn(folder, stages.length + 1);
  const parts = files.map(async (file) => {
    const profile = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as CpuProfile;
    const tables = [table(selfTimesByPart(profile), PARTS), table(selfTimes(profile), FUNCTIONS)];
    return `${file === KERNEL ? 'kernel' : 'worker'}\n${tables.join('\n\n')}`;
  });
  return `${(await Promise.all(parts)).join('\n\n')}\n`;
}

/** Workers write theirs after the kernel has gone. */
async function profilesIn(folder: string, count: number): Promise<string[]> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    await setTimeout(POLL_MS);
    const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile')).sort();
    if (files.length === count) return files;
  }
  throw new Error('not every process wrote its profile');
}

function table(times: SelfTime[], shown: number): string {
  return times
    .slice(0, shown)
    .map(({ where, milliseconds, share }) => {
      const percent = `${(share * 100).toFixed(1)} %`.padStart(8);
      return `${percent} ${milliseconds.toFixed(0).padStart(7)} ms  ${where}`;
    })
    .join('\n');
}

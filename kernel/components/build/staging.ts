import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = '.staging-';

/** Runs `use` with a temporary folder beside the outputs, and removes it whatever happens. */
export async function withStaging<T>(
  output: string,
  use: (staging: string) => Promise<T>,
): Promise<T> {
  await mkdir(output, { recursive: true });
  await removeAbandoned(output);
  const staging = await mkdtemp(join(output, `${PREFIX}${process.pid}-`));
  try {
    return await use(staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** A build that was killed outright could not clean up after itself. */
async function removeAbandoned(output: string): Promise<void> {
  for (const name of await readdir(output)) {
    const [, pid] = name.match(/^\.staging-(\d+)-/) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(output, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

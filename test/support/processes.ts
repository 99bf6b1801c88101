import { readdir, readFile } from 'node:fs/promises';

/** The processes of this machine whose command line holds a text. */
export async function processesWith(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (line.replaceAll('\0', ' ').includes(text)) found.push(Number(name));
  }
  return found;
}

/** The workers of an ork: the processes below it that run the worker's entry. */
export async function workersOf(ork: number): Promise<number[]> {
  const workers = await processesWith('kernel/worker/start.');
  const below = await Promise.all(workers.map((worker) => isBelow(worker, ork)));
  return workers.filter((_, index) => below[index]);
}

/** Each is a child of the one before it: the helper, and the first process inside. */
export async function helpersOf(ork: number): Promise<number[]> {
  const helpers = await processesWith('ork-sandbox launch');
  const below = await Promise.all(helpers.map((helper) => isBelow(helper, ork)));
  return helpers.filter((_, index) => below[index]).sort((a, b) => a - b);
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function isBelow(pid: number, ancestor: number): Promise<boolean> {
  for (let parent = await parentOf(pid); parent > 1; parent = await parentOf(parent)) {
    if (parent === ancestor) return true;
  }
  return false;
}

export async function eventually(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20));
}

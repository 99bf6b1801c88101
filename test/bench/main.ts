/** `npm run bench`: how fast ORK is on this machine, beside what else does the same. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command.ts';
import { CHECKOUT, findInstallation } from './installation.ts';
import { describeMachine } from './machine.ts';
import type { Bench, Row, Suite } from './measure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { profileCase } from './profile/profile-case.ts';
import { rewrite } from './report/document.ts';
import { toMarkdown } from './report/markdown.ts';
import type { Report } from './report/report.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function measureAll(options: Options, folder: string): Promise<Report> {
  const machine = describeMachine();
  const startedAt = new Date();
  const installation = await findInstallation(folder, options.from);
  const bench: Bench = { installation, sizes: options.sizes, folder, say };
  const rows = await rowsOf(options.suites, bench);
  return {
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    size: options.sizes.name,
    startedFrom: installation.from,
    commit: await describeCommit(),
    command: ['npm run bench', ...process.argv.slice(2)].join(' ').replace('bench ', 'bench -- '),
    machine,
    rows,
  };
}

async function rowsOf(suites: Suite[], bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const suite of suites) {
    say(`${suite.name} …`);
    rows.push(...(await suite.measure(bench)));
  }
  return rows;
}

async function describeCommit(): Promise<string> {
  const argv = ['git', 'describe', '--always', '--dirty', '--exclude=*'];
  const { stdout } = await run(argv, { cwd: CHECKOUT }).catch(() => ({ stdout: 'no commit' }));
  return stdout.trim();
}

async function main(options: Options): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ork-bench-'));
  try {
    if (options.profile !== undefined) {
      process.stdout.write(await profileCase(options.profile, options.sizes, folder));
      return;
    }
    const report = await measureAll(options, folder);
    const markdown = toMarkdown(report);
    if (options.json !== undefined) await writeFile(options.json, JSON.stringify(report, null, 2));
    if (options.write !== undefined) rewrite(options.write, markdown);
    process.stdout.write(markdown);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  say(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exitCode = 1;
}

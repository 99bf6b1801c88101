import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Finished, runOrk, temporaryFolder } from '../support/ork.ts';
import { calls, type Report } from '../support/run-workloads.ts';

const shell = (command: string, more: object = {}): string =>
  calls('exec', { shell: command, ...more });

/** One workload of each kind that changes something, and some that read what the others yield. */
const WORKLOADS: Record<string, string> = {
  writes: calls('filesystem:write', { path: 'new.txt', content: 'x' }),
  makes: calls('filesystem:mkdir', { path: 'folder/below' }),
  deletes: calls('filesystem:delete', { path: 'old.txt' }),
  moves: calls('filesystem:move', { from: 'old.txt', to: 'moved.txt' }),
  copies: calls('filesystem:copy', { from: 'old.txt', to: 'copied.txt' }),
  permits: calls('filesystem:chmod', { path: 'old.txt', mode: '0600' }),
  fills: calls('filesystem:template', { text: 'hello', dest: 'filled.txt' }),
  same: calls('filesystem:write', { path: 'old.txt', content: 'old' }),
  runs: shell('touch run'),
  loops: `${shell('touch loop')}, loop: [1, 2]`,
  lines: shell('touch lines; echo 1', { stream: 'lines' }),
  reads: `${calls('data:collect', {})}, stream_inputs: [lines]`,
  pipes: calls('stream:pipeline', {
    steps: [
      { module: 'exec', params: { shell: 'touch pipe; echo 1', stream: 'lines' } },
      { module: 'data:collect' },
    ],
  }),
  uses: calls('control:identity', { code: '{{ _ork.workloads.runs.summary.exit_code }}' }),
  follows: `${calls('control:identity', {})}, depends_on: [runs]`,
  calls: calls('control:playbook', { path: 'child.yaml' }),
  cleans: `${shell('touch cleaned')}, finally: true`,
};

function playbookOf(workloads: Record<string, string>): string {
  const lines = Object.entries(workloads).map(
    ([name, rest]) => `  - { name: ${name}, lifecycle: { policy: run_once }, ${rest} }\n`,
  );
  return `name: dry\nschemaVersion: v1.0.0\nworkloads:\n${lines.join('')}`;
}

/** Names, content, mode and times of all that is there. */
async function contentOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const { mode, mtimeMs, ctimeMs } = await stat(file);
      return [name, await readFile(file, 'utf8'), mode, mtimeMs, ctimeMs].join(' ');
    }),
  );
}

async function dryRun(...args: string[]): Promise<Finished & { changed: boolean }> {
  const [folder, workspace] = [await temporaryFolder(), await temporaryFolder()];
  await writeFile(path.join(folder, 'child.yaml'), playbookOf({ inside: shell('touch inside') }));
  await writeFile(path.join(folder, 'playbook.yaml'), playbookOf(WORKLOADS));
  await writeFile(path.join(workspace, 'old.txt'), 'old');
  const before = await contentOf(workspace);
  const command = ['run', path.join(folder, 'playbook.yaml'), '--workspace', workspace];
  const run = await runOrk([...command, '--dry-run', ...args]);
  return { ...run, changed: (await contentOf(workspace)).join() !== before.join() };
}

test('changes nothing, and says what would change and what is not known', async () => {
  const { code, stdout, stderr, changed } = await dryRun('--output', 'json');
  expect(changed).toBe(false);
  expect(code, stderr).toBe(0);
  const report: Report = JSON.parse(stdout);
  expect(report).toMatchObject({ status: 'Completed', dry_run: true });
  const said = Object.entries<Report>(report['workloads']).map(([name, result]) => {
    const { status, would_run, reason, summary } = result;
    return [name, would_run ? reason : `${status} ${summary.changed ?? ''}`.trim()];
  });
  expect(Object.fromEntries(said)).toEqual({
    writes: 'Completed true',
    makes: 'Completed true',
    deletes: 'Completed true',
    moves: 'Completed true',
    copies: 'Completed true',
    permits: 'Completed true',
    fills: 'Completed true',
    same: 'Completed false',
    runs: 'would run',
    loops: 'would run',
    lines: 'would run',
    reads: 'would run',
    pipes: 'would run',
    uses: "would run: what 'runs' yields is not known",
    follows: 'Completed',
    calls: 'would run',
    cleans: 'would run',
  });
});

test('as text marks what would change', async () => {
  const { stdout } = await dryRun();
  expect(stdout).toMatch(/^dry completed \(dry run\)/);
  expect(stdout).toMatch(/✓ writes +completed .*\(would change\)\n/);
  expect(stdout).toMatch(/✓ same +completed .*\(no change\)\n/);
  expect(stdout).toMatch(/- runs +would run/);
});

import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkout, copyOfExample, runOrk, temporaryFolder } from '../support/ork.ts';

/** The same question, asked without ork: a licence and its count on each line. */
const PIPELINE = `
find -L "$1" -type f -name package.json -print0 |
  xargs -0 -n 1 node -e '
    const { name, version, license } = JSON.parse(require("fs").readFileSync(process.argv[1]));
    if (!name || !version) process.exit();
    console.log(license === undefined ? "(none)" : typeof license === "string" ? license : "(other)");
  ' |
  LC_ALL=C sort |
  uniq -c |
  sed -E 's/^ *([0-9]+) (.*)$/\\2,\\1/'
`;

test('the licence report counts what a shell pipeline counts over the same files', async () => {
  const root = await temporaryFolder();
  const folder = path.join(root, 'examples', 'report');
  await mkdir(folder, { recursive: true });
  await symlink(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
  const playbook = await copyOfExample('dependency-report');

  const run = await runOrk(['run', playbook, '--workspace', folder, '--output', 'json']);
  expect(run).toMatchObject({ code: 0 });

  const counted = execFileSync('sh', ['-c', PIPELINE, 'sh', path.join(root, 'node_modules')], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  const csv = await readFile(path.join(folder, 'report', 'licences.csv'), 'utf8');
  const [header, ...rows] = csv.trimEnd().split(/\r?\n/);
  expect(header).toBe('licence,packages');
  expect(rows.sort()).toEqual(counted.trimEnd().split('\n').sort());

  const markdown = await readFile(path.join(folder, 'report', 'licences.md'), 'utf8');
  for (const row of rows) {
    const [, licence, packages] = /^(.*),(\d+)$/.exec(row) as unknown as [string, string, string];
    expect(markdown).toContain(`| ${licence} | ${packages} |`);
  }
});

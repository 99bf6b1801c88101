import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkout, runOrk, temporaryFolder } from '../support/ork.ts';

const fixture = path.join(checkout, 'test/fixtures/playbooks/graph.yaml');

test('graph draws a tree with the edges of every kind', async () => {
  const { code, stdout, stderr } = await runOrk(['graph', fixture]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`release: 9 workloads

WORKLOAD               MODULE            LIFECYCLE  REMARKS
lines                  exec              run_once
╘═ parse               data:parse        run_once
   ╞═ good             data:collect      run_once
   │  └┄ build         control:identity  run_once
   │     ├┄ end        control:identity  run_once   ─ bad
   │     ├┄ roll_back  control:identity  run_once   failure handler, reads the outcome of build
   │     └┄ tell       control:identity  run_once   finally
   ╘═ bad              data:collect      run_once   reads parse.dead_letter
clean_up               exec              run_once   finally

═ stream: records flow
┄ state: a template reads the result
─ order: depends_on

Stream groups (their workloads start together):
  1  lines, parse, good, bad
`);
});

test.each([
  ['dot', /^digraph "release" \{\n.*"parse" -> "bad" \[.*label="dead_letter"\];\n.*\}\n$/s],
  ['mermaid', /^flowchart TB\n.* n1 ==>\|"dead_letter"\| n3\n/s],
  ['svg', /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg".*>dead_letter<.*<\/svg>\n$/s],
])('--format %s goes to standard output or to a file', async (format, expected) => {
  const { code, stdout, stderr } = await runOrk(['graph', fixture, '--format', format]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(expected);
  const file = path.join(await temporaryFolder(), 'graph');
  const toFile = await runOrk(['graph', fixture, '--format', format, '-o', file]);
  expect(toFile).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(await readFile(file, 'utf8')).toBe(stdout);
});

test('an invalid playbook is explained, and not drawn', async () => {
  const broken = path.join(checkout, 'test/fixtures/playbooks/broken.yaml');
  const { code, stdout, stderr } = await runOrk(['graph', broken, '--format', 'dot']);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe((await runOrk(['validate', broken])).stderr);
});

test('a format or a file that cannot be is wrong usage', async () => {
  const format = await runOrk(['graph', fixture, '--format', 'png']);
  expect([format.code, format.stdout]).toEqual([2, '']);
  expect(format.stderr).toContain('Allowed choices are text, dot, mermaid, svg.');
  const folder = await temporaryFolder();
  const missing = await runOrk(['graph', fixture, '-o', path.join(folder, 'none/graph')]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('its folder does not exist');
  expect((await runOrk(['graph', fixture, '-o', folder])).stderr).toContain('it is a folder');
});

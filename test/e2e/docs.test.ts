import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkout, playbookFile, runOrk, temporaryFolder } from '../support/ork.ts';
import type { Report } from '../support/run-workloads.ts';

/** The report of a run of what a page of the docs shows: a whole playbook, or a list of workloads. */
async function runFromDocs(start: string, name = 'playbook.md') {
  const page = await readFile(path.join(checkout, 'docs', name), 'utf8');
  const [, block = ''] = page.match(new RegExp(`^\`\`\`yaml\n(${start}.*?)^\`\`\`$`, 'ms')) ?? [];
  const head = start.startsWith('-') ? 'name: docs\nschemaVersion: v1.0.0\nworkloads:\n' : '';
  const file = path.join(await temporaryFolder(), 'playbook.yaml');
  await writeFile(file, head + block);
  const { code, stdout, stderr } = await runOrk(['run', file, '--output', 'json']);
  if (stdout === '') throw new Error(stderr);
  return { code, report: JSON.parse(stdout) };
}

test('the first playbook counts lines by a stream', async () => {
  const { code, report } = await runFromDocs('name: line_report');
  expect(report.outputs).toEqual({ report: 'method,requests\nGET,2\nPOST,1\n' });
  expect(code).toBe(0);
});

test('the templates yield what their names say', async () => {
  const { report } = await runFromDocs('name: templates');
  expect(report.outputs).toEqual({
    all: {
      list: ['alpha', 'beta'],
      text: '2 hosts: ["alpha","beta"]',
      secure: [{ name: 'beta', port: 443 }],
      sum: 4,
      size: 'large',
      zone: 'none',
      braces: '{{.ID}}',
      raw: '{{.ID}}',
    },
    finished: 'Completed in templates',
  });
});

test('the failure handler runs, and the ignored failure does not fail the run', async () => {
  const { code, report } = await runFromDocs('- name: deploy');
  expect(report.workloads).toMatchObject({
    deploy: { status: 'Failed', ignored: true },
    announce: { status: 'Skipped' },
    roll_back: {
      status: 'Completed',
      summary: { code: 4, why: 'the shell script exited with code 4: no space left' },
    },
  });
  expect(code).toBe(0);
});

test('bad records go to the consumer of the dead_letter port', async () => {
  const { report } = await runFromDocs('- name: lines');
  expect(report.workloads).toMatchObject({
    good: { summary: { records: [{ n: 1 }] } },
    bad: { summary: { count: 1 } },
  });
});

test('the loop runs its items side by side, and keeps their order', async () => {
  const { code, report } = await runFromDocs('name: loops');
  expect(report.outputs).toEqual({
    states: ['Skipped', 'Completed', 'Completed'],
    targets: ['beta:443', 'gamma:443'],
  });
  expect(report.workloads.check.results.map(({ summary }: Report) => summary)).toEqual([
    null,
    { target: 'beta:443', of: 1, last: false },
    { target: 'gamma:443', of: 2, last: true },
  ]);
  expect(code).toBe(0);
});

test('the retry gives up after its attempts', async () => {
  const { code, report } = await runFromDocs('- name: release');
  expect(report.workloads.release).toMatchObject({ status: 'Failed', ignored: true, attempts: 3 });
  expect(code).toBe(0);
});

test('what is finally runs after the failure, in its order', async () => {
  const { code, report } = await runFromDocs('- name: build');
  expect(report.workloads).toMatchObject({
    build: { status: 'Failed' },
    clean_up: { status: 'Completed', summary: { outcome: 'Failed', summary: 3 } },
    report_it: { status: 'Completed', summary: { text: 'The build ended as Failed.' } },
  });
  expect(code).toBe(1);
});

test('a sandbox that is asked for and cannot be kept fails the workload', async () => {
  const page = await readFile(path.join(checkout, 'docs/playbook.md'), 'utf8');
  const [, block = ''] = page.match(/^```yaml\n(security_context:.*?)^```$/ms) ?? [];
  const file = await playbookFile(
    '  - { name: w, lifecycle: { policy: run_once }, process: { module: "control:identity" } }\n',
    block,
  );
  expect((await runOrk(['validate', file])).code).toBe(0);
  const { code, stdout } = await runOrk(['run', file, '--output', 'json']);
  expect(JSON.parse(stdout).workloads.w.error).toMatchObject({ code: 'failed-precondition' });
  expect(code).toBe(1);
});

test('every consumer of a port gets every record', async () => {
  const { report } = await runFromDocs('- name: numbers', 'streams.md');
  const { records } = report.workloads.both.summary;
  expect(records).toHaveLength(3);
  expect(records).toEqual(expect.arrayContaining([{ total: 6 }, { n: 2 }, { n: 3 }]));
});

test('a channel that is full drops what its policy says', async () => {
  const { report } = await runFromDocs('- name: five', 'streams.md');
  expect(report.workloads).toMatchObject({
    oldest: { summary: { records: [{ item: 1 }, { item: 2 }] } },
    newest: { summary: { records: [{ item: 4 }, { item: 5 }] } },
  });
});

test('a channel that must not be full fails its producer', async () => {
  const { code, report } = await runFromDocs('- name: many', 'streams.md');
  expect(code).toBe(1);
  expect(report.workloads).toMatchObject({
    many: { error: { code: 'resource-exhausted', reason: 'stream.policy-violation' } },
    strict: { error: { reason: 'stream.upstream-failed' } },
  });
});

test('the steps of a pipeline are one workload', async () => {
  const { report } = await runFromDocs('- name: prices', 'streams.md');
  expect(report.workloads.prices.summary).toMatchObject({
    count: 10,
    steps: [{ module: 'exec' }, { module: 'data:map' }, { module: 'data:filter' }, {}],
  });
});

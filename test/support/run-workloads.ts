import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { runOrk, temporaryFolder } from './ork.ts';

/** Any value; tests look into it. */
// biome-ignore lint/suspicious/noExplicitAny: a report is JSON of many shapes
export type Report = Record<string, any>;

export interface WorkloadsRun {
  /** Of the process. */
  code: number | null;
  /** By workload. */
  results: Report;
  /** The workspace. */
  folder: string;
}

/** Runs workloads, each a line of YAML without the policy, in a folder that holds these files. */
export async function runWorkloads(
  workloads: Record<string, string>,
  files: Record<string, string> = {},
  workspace?: string,
): Promise<WorkloadsRun> {
  const folder = workspace ?? (await temporaryFolder());
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const playbook = path.join(await temporaryFolder(), 'playbook.yaml');
  const lines = Object.entries(workloads).map(
    ([name, rest]) => `  - { name: ${name}, lifecycle: { policy: run_once }, ${rest} }\n`,
  );
  await writeFile(playbook, `name: test\nschemaVersion: v1.0.0\nworkloads:\n${lines.join('')}`);
  const run = await runOrk(['run', playbook, '--workspace', folder, '--output', 'json']);
  expect(run.stdout, run.stderr).not.toBe('');
  return { code: run.code, results: JSON.parse(run.stdout).workloads, folder };
}

/** `process: …` of a workload. */
export function calls(module: string, params: object): string {
  return `process: { module: "${module}", params: ${JSON.stringify(params)} }`;
}

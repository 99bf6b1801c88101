import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../kernel/types/json.ts';
import { checkout, runOrk, temporaryFolder } from '../support/ork.ts';

interface Run {
  options: string[];
  /** Below the example's folder: what `--output json` has said. */
  expected: string;
  code?: number;
}

const asIs: Run = { options: [], expected: 'expected.json' };

/** The runs of each example, one after the other in the same folder. */
const EXAMPLES: Record<string, Run[]> = {
  hello: [asIs],
  'dependency-report': [asIs],
  'failure-handling': [asIs],
  retries: [asIs],
  'loop-over-hosts': [asIs],
  'streams-fan-in-out': [asIs],
  pipeline: [asIs],
  'inputs-and-outputs': [
    asIs,
    {
      options: [
        '--var',
        'version=2.0.0',
        '--var',
        'candidate=false',
        '--var',
        'platforms=[riscv64]',
      ],
      expected: 'expected-final.json',
    },
    { options: ['--var', 'version=two'], expected: 'expected-refused.json', code: 1 },
  ],
  'sub-playbook': [asIs],
  'config-files': [
    { options: ['--dry-run'], expected: 'expected-dry-run.json' },
    asIs,
    { options: [], expected: 'expected-again.json' },
  ],
  'log-analysis': [asIs],
};

/** What differs from run to run, and from host to host. */
const VARIABLE = ['run_id', 'started_at', 'duration_ms', 'modified', 'not_enforced'];

/** A copy of an example that stands where it does in the project, so that what it writes goes with the test. */
async function place(name: string): Promise<string> {
  const root = await temporaryFolder();
  const folder = path.join(root, 'examples', name);
  await mkdir(path.dirname(folder));
  await cp(path.join(checkout, 'examples', name), folder, { recursive: true });
  await symlink(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
  return folder;
}

function stable(text: string): JsonObject {
  return JSON.parse(text, (key, value) => (VARIABLE.includes(key) ? undefined : value));
}

/** Of the installed packages only what does not change with them. */
function outline({ status, outputs, workloads }: JsonObject): unknown {
  const results = Object.entries(workloads as Record<string, JsonObject>);
  return { status, outputs, workloads: results.map(([name, result]) => [name, result['status']]) };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

test('every example is run', async () => {
  const entries = await readdir(path.join(checkout, 'examples'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(Object.keys(EXAMPLES).sort()).toEqual(folders.sort());
});

test('every example is in the list', async () => {
  const list = await readFile(path.join(checkout, 'examples/README.md'), 'utf8');
  const listed = Array.from(
    list.matchAll(/^\| \[(.*?)\]\(\1\/playbook\.yaml\)/gm),
    ([, name]) => name,
  );
  expect(listed.sort()).toEqual(Object.keys(EXAMPLES).sort());
});

describe.each(Object.entries(EXAMPLES))('examples/%s', (name, runs) => {
  test('yields what stands beside it', async () => {
    const folder = await place(name);
    const written = await filesBelow(path.join(folder, 'expected'));
    for (const { options, expected, code = 0 } of runs) {
      const playbook = path.join(folder, 'playbook.yaml');
      const run = await runOrk(['run', playbook, '--output', 'json', ...options]);
      expect(run, run.stderr).toMatchObject({ code });
      const [actual, wanted] = [run.stdout, await readFile(path.join(folder, expected), 'utf8')];
      const seen = name === 'dependency-report' ? outline : (report: JsonObject) => report;
      expect(seen(stable(actual)), expected).toEqual(seen(stable(wanted)));
    }
    for (const file of written) {
      const wanted = await readFile(path.join(folder, 'expected', file), 'utf8');
      expect(await readFile(path.join(folder, 'report', file), 'utf8')).toBe(wanted);
    }
  });

  test('is valid without a warning', async () => {
    const { code, stderr } = await runOrk(['validate', `examples/${name}/playbook.yaml`]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

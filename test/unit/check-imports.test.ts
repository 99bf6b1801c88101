import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/check-imports.ts', import.meta.url));
const projects: string[] = [];

afterEach(() => {
  for (const project of projects.splice(0)) rmSync(project, { recursive: true });
});

function check(files: Record<string, string>): { exitCode: number | null; problems: string[] } {
  const project = mkdtempSync(join(tmpdir(), 'ork-imports-'));
  projects.push(project);
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), source);
  }
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, project], { encoding: 'utf8' });
  return { exitCode: status, problems: stderr.split('\n').filter((line) => line !== '') };
}

describe('what passes', () => {
  test('imports along the arrows', () => {
    const result = check({
      'kernel/types/json.ts': 'export type Json = unknown;',
      'kernel/frames/frame.ts': "export type { Json } from '../types/json.ts';",
      'kernel/host/pool.ts': "import '../frames/frame.ts'; import '../sandbox/plan.ts';",
      'kernel/engine/run.ts': "import '../host/pool.ts'; import { join } from 'node:path'; join();",
      'kernel/cli/ork.ts': "await import('../engine/run.ts');",
      'kernel/worker/main.ts': "import '../frames/frame.ts'; import '../expressions/program.ts';",
      'modules/core/index.ts':
        "import '../../sdk/typescript/index.ts'; import './fail.ts'; import 'yaml';",
      'sdk/typescript/index.ts':
        "import type { Json } from '../../kernel/types/json.ts'; export type J = Json;",
    });
    expect(result).toEqual({ exitCode: 0, problems: [] });
  });

  test('a test that reaches into another room', () => {
    const result = check({
      'kernel/types/json.test.ts': "import '../engine/run.ts'; import '../../test/fixtures/a.ts';",
    });
    expect(result).toEqual({ exitCode: 0, problems: [] });
  });
});

describe('what is found', () => {
  test.each([
    ['kernel/host/a.ts', "import '../engine/run.ts';", 'kernel/host may not import kernel/engine'],
    [
      'kernel/types/a.ts',
      "import '../expressions/b.ts';",
      'kernel/types may not import kernel/expressions',
    ],
    [
      'kernel/streams/a.ts',
      "import '../playbook/b.ts';",
      'kernel/streams may not import kernel/playbook',
    ],
    ['kernel/worker/a.ts', "import '../host/pool.ts';", 'kernel/worker may not import kernel/host'],
    [
      'kernel/frames/frame.ts',
      "import '../host/pool.ts';",
      'kernel/frames may not import kernel/host',
    ],
    [
      'kernel/components/build/a.ts',
      "import '../../engine/b.ts';",
      'kernel/components/build may not import kernel/engine',
    ],
    [
      'kernel/engine/a.ts',
      "import '../components/build/b.ts';",
      'kernel/engine may not import kernel/components/build',
    ],
    [
      'kernel/engine/a.ts',
      "import '../worker/main.ts';",
      'kernel/engine may not import kernel/worker',
    ],
    ['kernel/cli/a.ts', "import '../../sdk/typescript/b.ts';", 'kernel/cli may not import sdk'],
    [
      'sdk/typescript/a.ts',
      "import '../../kernel/engine/b.ts';",
      'sdk may not import kernel/engine',
    ],
    [
      'modules/core/a.ts',
      "import '../../kernel/types/b.ts';",
      'modules may not import kernel/types',
    ],
    [
      'modules/core/a.ts',
      "import '../data/b.ts';",
      'a module family may not import another: what they share belongs in the sdk',
    ],
    ['modules/core/a.ts', "import fs from 'fs'; fs;", 'there is no Node in a guest'],
    ['kernel/bin/a.js', "import '../engine/run.ts';", 'kernel/bin may not import kernel/engine'],
    ['kernel/engine/a.ts', "import './b.test.ts';", 'a test is not there to be imported'],
    [
      'kernel/engine/a.ts',
      "import '../../test/fixtures/b.ts';",
      'a test is not there to be imported',
    ],
    [
      'kernel/news/a.ts',
      "import '../types/json.ts';",
      'the importing file is in no known room (scripts/imports/rules.ts)',
    ],
  ])('%s: %s', (file, source, problem) => {
    const { exitCode, problems } = check({ [file]: source });
    expect(exitCode).toBe(1);
    expect(problems).toEqual([
      expect.stringMatching(`^${escapeRegExp(`${file}:1: ${problem} (`)}`),
    ]);
  });

  test.each([
    "import type { B } from '../engine/b.ts';",
    "export * from '../engine/b.ts';",
    "export { b } from '../engine/b.ts';",
    "export type B = import('../engine/b.ts').B;",
    "const b = await import('../engine/b.ts');",
  ])('in any form of import: %s', (source) => {
    const { problems } = check({ 'kernel/host/a.ts': `\n${source}` });
    expect(problems).toEqual([
      'kernel/host/a.ts:2: kernel/host may not import kernel/engine (kernel/engine/b.ts)',
    ]);
  });

  test('a cycle, also one of types only', () => {
    const { exitCode, problems } = check({
      'kernel/engine/a.ts': "import type { B } from './b.ts'; export type A = B;",
      'kernel/engine/b.ts': "import type { C } from './c.ts'; export type B = C;",
      'kernel/engine/c.ts': "import type { A } from './a.ts'; export type C = A;",
    });
    expect(exitCode).toBe(1);
    expect(problems).toEqual([
      'import cycle: kernel/engine/a.ts → kernel/engine/b.ts → kernel/engine/c.ts → kernel/engine/a.ts',
    ]);
  });

  test('a file that does not parse', () => {
    expect(check({ 'kernel/engine/a.ts': 'import from from;' }).exitCode).toBe(1);
  });

  test('an empty project, so that a wrong folder does not look clean', () => {
    expect(check({}).exitCode).toBe(1);
  });
});

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

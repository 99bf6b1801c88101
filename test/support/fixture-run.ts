import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { buildStandardLibrary } from '../../kernel/components/build/build-library.ts';
import { ModuleRegistry } from '../../kernel/components/registry.ts';
import type { RunReport } from '../../kernel/engine/events.ts';
import type { RunOptions } from '../../kernel/engine/run.ts';
import { checkout } from './ork.ts';
import { type StartedRun, startRun } from './start-run.ts';

/**
 * Runs playbooks of the modules in `test/fixtures/modules`, built for the test file that calls this, with the real
 * engine, workers and components.
 */
export function fixtureRuns() {
  let library: string;
  let registry: ModuleRegistry;
  beforeAll(async () => {
    library = await mkdtemp(path.join(tmpdir(), 'ork-fixtures-'));
    const modulesDirectory = path.join(checkout, 'test/fixtures/modules');
    await buildStandardLibrary({ modulesDirectory, outputDirectory: library });
    registry = ModuleRegistry.load(library);
  });
  afterAll(() => rm(library, { recursive: true }));

  return (workloads: string, options: Partial<RunOptions> = {}): Promise<StartedRun> =>
    startRun(workloads, registry, library, options);
}

/** What became of each workload, by name. */
export function statuses(report: RunReport): Record<string, string> {
  return Object.fromEntries(Array.from(report.workloads, ([name, { status }]) => [name, status]));
}

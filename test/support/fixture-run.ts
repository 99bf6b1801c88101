import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { buildStandardLibrary } from '../../kernel/components/build/build-library.ts';
import { ModuleRegistry } from '../../kernel/components/registry.ts';
import type { RunEvent, RunReport } from '../../kernel/engine/events.ts';
import { PlaybookRun, type RunOptions } from '../../kernel/engine/run.ts';
import { WorkerPool } from '../../kernel/host/worker-pool.ts';
import { Redactor } from '../../kernel/observability/redaction/redactor.ts';
import { loadPlaybook } from '../../kernel/playbook/load.ts';
import { validatePlaybook } from '../../kernel/playbook/validate.ts';
import { checkout } from './ork.ts';

export interface FixtureRun {
  run: PlaybookRun;
  events: RunEvent[];
  report: Promise<RunReport>;
}

/**
 * Runs playbooks of the modules in `test/fixtures/modules`, built for the test file that calls this, with the real
 * engine, workers and components. `workloads` is the list of a playbook's workloads in YAML.
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

  return async (workloads: string, options: Partial<RunOptions> = {}): Promise<FixtureRun> => {
    const text = `name: fixture\nschemaVersion: v1.0.0\n${workloads}`;
    const { loaded, problems } = loadPlaybook(text, 'fixture.yaml');
    if (loaded === undefined) throw new Error(JSON.stringify(problems));
    const { playbook, graph, problems: found } = await validatePlaybook(loaded, registry);
    if (playbook === undefined || graph === undefined) throw new Error(JSON.stringify(found));
    const events: RunEvent[] = [];
    const run = new PlaybookRun({
      playbook,
      graph,
      registry,
      pool: new WorkerPool(),
      runId: randomUUID(),
      workspace: library,
      hostEnvironment: process.env,
      cores: 2,
      failFast: false,
      dryRun: false,
      secret: () => undefined,
      redactor: new Redactor(),
      now: Date.now,
      uuid: randomUUID,
      random: () => 0,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return { run, events, report: run.execute() };
  };
}

/** What became of each workload, by name. */
export function statuses(report: RunReport): Record<string, string> {
  return Object.fromEntries(Array.from(report.workloads, ([name, { status }]) => [name, status]));
}

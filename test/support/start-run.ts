import { randomUUID } from 'node:crypto';
import type { ModuleRegistry } from '../../kernel/components/registry.ts';
import type { RunEvent, RunReport } from '../../kernel/engine/events.ts';
import { PlaybookRun, type RunOptions } from '../../kernel/engine/run.ts';
import { WorkerPool } from '../../kernel/host/worker-pool.ts';
import { Redactor } from '../../kernel/observability/redaction/redactor.ts';
import { loadPlaybook } from '../../kernel/playbook/load.ts';
import { validatePlaybook } from '../../kernel/playbook/validate.ts';
import { LaunchPlanner } from '../../kernel/sandbox/launch-planner.ts';

export interface StartedRun {
  run: PlaybookRun;
  events: RunEvent[];
  report: Promise<RunReport>;
}

/** Starts a playbook, given as what follows its name and version in YAML, with the modules of a registry. */
export async function startRun(
  workloads: string,
  registry: ModuleRegistry,
  workspace: string,
  options: Partial<RunOptions> = {},
): Promise<StartedRun> {
  const text = `name: fixture\nschemaVersion: v1.0.0\n${workloads}`;
  const { loaded, problems } = loadPlaybook(text, 'fixture.yaml');
  if (loaded === undefined) throw new Error(JSON.stringify(problems));
  const { playbook, graph, problems: found } = await validatePlaybook(loaded, registry);
  if (playbook === undefined || graph === undefined) throw new Error(JSON.stringify(found));
  const events: RunEvent[] = [];
  const run = new PlaybookRun({
    playbook,
    graph,
    source: { digest: 'of-the-fixture' },
    registry,
    pool: new WorkerPool(),
    runId: randomUUID(),
    workspace,
    hostEnvironment: process.env,
    launches: new LaunchPlanner({
      workspace,
      moduleFolders: [registry.folder],
      hostEnvironment: process.env,
    }),
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
}

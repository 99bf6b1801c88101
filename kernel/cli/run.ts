import path from 'node:path';
import { ModuleRegistry } from '../components/registry.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import { DEFAULT_SECURITY_CONTEXT } from '../sandbox/launch-plan.ts';
import { LaunchPlanner } from '../sandbox/launch-planner.ts';
import { takeEnvironmentSecrets } from '../secrets/environment-secrets.ts';
import { OrkError } from '../types/errors.ts';
import { packageRoot } from '../types/package-root.ts';
import type { ExitCode } from './exit-codes.ts';
import { guessFirstKind, peekPlaybook } from './first-launch.ts';
import type { Console } from './render/output.ts';
import type { RunPlaybook } from './run-playbook.ts';
import { StopSignals } from './stop-signals.ts';
import { chooseWorkspace } from './workspace.ts';

export interface RunCommand extends Omit<RunPlaybook, 'workspace'> {
  workspace?: string;
  /** `none`: workloads that say nothing of their sandbox run without one. */
  sandbox?: 'none';
}

/**
 * `ork run`. A first worker starts while the playbook is still being read: that, and loading what
 * reads it, take about as long.
 */
export async function runCommand(command: RunCommand, console: Console): Promise<ExitCode> {
  // Before anything is started that would get a copy of the environment.
  const environmentSecrets = takeEnvironmentSecrets(process.env);
  const signals = new StopSignals(console);
  const pool = new WorkerPool();
  try {
    const workspace = await chooseWorkspace(command.file, command.workspace);
    const registry = ModuleRegistry.load(path.join(packageRoot(), 'build', 'modules'));
    const launches = new LaunchPlanner({
      workspace,
      moduleFolders: [registry.folder],
      hostEnvironment: process.env,
      ...(command.sandbox === undefined ? {} : { sandbox: command.sandbox }),
    });
    if (command.secretsFile !== undefined) launches.hide([path.resolve(command.secretsFile)]);
    // An audit log that lies in the workspace is hidden once it is there.
    if (command.auditLog === undefined) warmFirst(command.file, registry, launches, pool);
    const { runPlaybook } = await import('./run-playbook.ts');
    const surroundings = { pool, registry, launches, signals, console, environmentSecrets };
    return await runPlaybook({ ...command, workspace }, surroundings);
  } finally {
    signals.release();
    await pool.close();
  }
}

/** What stands in the way of a sandbox is told by the first workload that needs one. */
function warmFirst(
  file: string,
  registry: ModuleRegistry,
  launches: LaunchPlanner,
  pool: WorkerPool,
): void {
  const { text, realPath } = peekPlaybook(file);
  if (realPath !== undefined) launches.protect([realPath]);
  try {
    pool.warm(launches.plan(DEFAULT_SECURITY_CONTEXT, guessFirstKind(text, registry)));
  } catch (error) {
    if (!(error instanceof OrkError)) throw error;
  }
}

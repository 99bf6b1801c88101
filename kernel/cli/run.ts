import { WorkerPool } from '../host/worker-pool.ts';
import { DEFAULT_SECURITY_CONTEXT, planLaunch } from '../sandbox/launch.ts';
import { takeEnvironmentSecrets } from '../secrets/environment-secrets.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Console } from './render/output.ts';
import type { RunPlaybook } from './run-playbook.ts';
import { StopSignals } from './stop-signals.ts';
import { chooseWorkspace } from './workspace.ts';

export interface RunCommand extends Omit<RunPlaybook, 'workspace'> {
  workspace?: string;
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
    pool.warm(planLaunch(DEFAULT_SECURITY_CONTEXT, workspace, process.env));
    const { runPlaybook } = await import('./run-playbook.ts');
    const surroundings = { pool, signals, console, environmentSecrets };
    return await runPlaybook({ ...command, workspace }, surroundings);
  } finally {
    signals.release();
    await pool.close();
  }
}

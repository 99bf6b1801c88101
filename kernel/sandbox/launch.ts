import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { OrkError } from '../types/errors.ts';
import { ControlGroup } from './cgroups/group.ts';
import { SandboxControl } from './control.ts';
import { sandboxHost } from './host.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { encodePlan, type SandboxPlan } from './sandbox-plan.ts';

/** A started worker: the process, the kernel's end of its socket pair, and its sandbox. */
export interface LaunchedWorker {
  /** The worker, or the helper that it lives and dies with. */
  process: ChildProcess;
  socket: Duplex;
  stderr: Readable;
  sandbox?: LaunchedSandbox;
}

export interface LaunchedSandbox {
  plan: SandboxPlan;
  control: SandboxControl;
  /** Undefined when nothing is limited by one. */
  group?: ControlGroup;
}

const SOCKET_FD = 3;
const CONTROL_FD = 4;

/**
 * Starts the worker, with `marker` added to its environment. It leads a session of its own, so that the terminal's
 * Ctrl-C reaches only the kernel. Throws `resource-exhausted` when there are no descriptors left.
 */
export function launch(plan: LaunchPlan, marker: Record<string, string>): LaunchedWorker {
  return plan.sandbox === undefined
    ? launchBare(plan, marker)
    : launchInSandbox(plan, plan.sandbox, marker);
}

function launchBare(plan: LaunchPlan, marker: Record<string, string>): LaunchedWorker {
  const env = { ...plan.env, ...marker };
  return start(plan.command, plan.args, env, plan.cwd, ['ignore', 'ignore', 'pipe', 'pipe']);
}

function launchInSandbox(
  plan: LaunchPlan,
  sandbox: SandboxPlan,
  marker: Record<string, string>,
): LaunchedWorker {
  const group = ControlGroup.create(sandboxHost().places, sandbox.limits);
  try {
    const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'];
    const launched = start(sandbox.helper, ['launch'], {}, '/', stdio);
    const control = new SandboxControl(launched.process.stdio[CONTROL_FD] as Duplex);
    control.send(encodePlan(wordsOf(plan, sandbox, marker, group)));
    return { ...launched, sandbox: { plan: sandbox, control, ...(group && { group }) } };
  } catch (error) {
    void group?.remove();
    throw error;
  }
}

function wordsOf(
  plan: LaunchPlan,
  sandbox: SandboxPlan,
  marker: Record<string, string>,
  group: ControlGroup | undefined,
): string[] {
  return [
    ...['parent', String(process.pid)],
    ...(group?.joinFiles ?? []).flatMap((file) => ['cgroup', file]),
    ...sandbox.words,
    ...Object.entries(marker).flatMap(([name, value]) => ['variable', `${name}=${value}`]),
    ...['workdir', plan.cwd],
    ...['program', plan.command],
    ...[plan.command, ...plan.args].flatMap((argument) => ['argument', argument]),
  ];
}

function start(
  command: string,
  args: string[],
  env: Record<string, string>,
  cwd: string,
  stdio: StdioOptions,
): LaunchedWorker {
  const child = spawn(command, args, { cwd, env, stdio, detached: true });
  // Without descriptors for its pipes there is no child, and the types do not say so.
  const pipes = child.stdio as ChildProcess['stdio'] | undefined;
  if (pipes === undefined) {
    child.once('error', () => {});
    throw new OrkError(
      'resource-exhausted',
      'the worker could not be started: too many open files',
      {
        reason: 'worker.not-started',
        hint: 'raise the limit (ulimit -n), or lower --max-parallel',
      },
    );
  }
  return { process: child, socket: pipes[SOCKET_FD] as Duplex, stderr: child.stderr as Readable };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** Node hands this on to every child of a process whose coverage is measured, and keeps no compiled code then. */
export const COVERAGE_VARIABLE = 'NODE_V8_COVERAGE';

/** Where the runs of tests keep their audit logs. */
const testState = path.join(tmpdir(), 'ork-test-state');

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface StartedOrk {
  child: ChildProcess;
  pid: number;
  finished: Promise<Finished>;
  /** Resolves when standard error has shown the text. */
  said(text: string): Promise<void>;
}

export interface OrkOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Another program in front, e.g. `unshare`. */
  through?: string[];
}

/** Starts the real CLI as a child process. */
export function startOrk(args: string[], options: OrkOptions = {}): StartedOrk {
  const command = [
    ...(options.through ?? []),
    process.execPath,
    path.join(checkout, 'kernel/bin/ork.js'),
    ...args,
  ];
  const child = spawn(command[0] as string, command.slice(1), {
    cwd: options.cwd ?? checkout,
    env: { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: testState, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    pid: child.pid as number,
    finished,
    said: async (text) => {
      while (!stderr.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without saying '${text}':\n${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

/** Runs the real CLI to its end. */
export function runOrk(args: string[], options: OrkOptions = {}): Promise<Finished> {
  return startOrk(args, options).finished;
}

/** An empty folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ork-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A playbook of these workloads in a folder of its own: the playbook's path. */
export async function playbookFile(workloads: string, head = ''): Promise<string> {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'playbook.yaml');
  await writeFile(file, `name: test\nschemaVersion: v1.0.0\n${head}workloads:\n${workloads}`);
  return file;
}

/** A copy of one of the examples, so that what it writes goes with the test. */
export async function copyOfExample(name: string): Promise<string> {
  const folder = await temporaryFolder();
  await cp(path.join(checkout, 'examples', name), folder, { recursive: true });
  return path.join(folder, 'playbook.yaml');
}

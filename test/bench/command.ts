import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { timed } from './sampling.ts';

export interface Finished {
  stdout: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end. Rejects unless it exits with 0. */
export function run(argv: string[], options: CommandOptions = {}): Promise<Finished> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    ...options,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
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
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve({ stdout });
      else reject(new Error(`${argv.join(' ')} ended with ${signal ?? code}:\n${stderr}${stdout}`));
    });
  });
}

/** Milliseconds from starting the program to its end. */
export function timeCommand(argv: string[], options: CommandOptions = {}): Promise<number> {
  return timed(() => run(argv, options));
}

export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

import { OrkError } from '../../sdk/typescript/index.ts';
import { splitCommand } from './split-command.ts';

export interface CommandParams {
  command?: string | string[] | undefined;
  shell?: string | undefined;
  args: string[];
}

export interface CommandLine {
  program: string;
  arguments: string[];
}

const SHELL = '/bin/sh';

/** The program to start; exactly one of `command` and `shell` says which. */
export function toCommandLine({ command, shell, args }: CommandParams): CommandLine {
  if ((command === undefined) === (shell === undefined)) {
    const found = command === undefined ? 'neither of them is' : 'both are';
    throw new OrkError('invalid-argument', `exec takes command or shell; ${found} given.`, {
      reason: 'exec.command-or-shell',
      hint: 'Use `command` for a program, `shell` for a script of /bin/sh.',
    });
  }
  // The script's own name comes before its arguments.
  if (shell !== undefined) return { program: SHELL, arguments: ['-c', shell, SHELL, ...args] };
  const words = typeof command === 'string' ? splitCommand(command) : (command ?? []);
  const [program, ...rest] = words;
  if (program !== undefined && program !== '') {
    return { program, arguments: [...rest, ...args] };
  }
  throw new OrkError('invalid-argument', 'The command is empty.', { reason: 'exec.empty' });
}

/** For messages: as one would type it. */
export function showCommand({ program, arguments: args }: CommandLine): string {
  const isScript = program === SHELL && args[0] === '-c';
  return isScript ? 'the shell script' : program;
}

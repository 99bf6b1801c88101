import { Command } from 'commander';
import { packageVersion } from '../types/package-root.ts';
import { configure, runCommandLine } from './command-line.ts';
import { declareCompletion } from './commands/completion.ts';
import type { CommandContext } from './commands/context.ts';
import { declareGraph } from './commands/graph.ts';
import { declareInit } from './commands/init.ts';
import { declareModules } from './commands/modules.ts';
import { declareRun } from './commands/run.ts';
import { declareSchema } from './commands/schema.ts';
import { declareValidate } from './commands/validate.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { processConsole } from './render/output.ts';

/** In the order in which the help lists them. */
const DECLARATIONS = [
  declareRun,
  declareValidate,
  declareGraph,
  declareModules,
  declareInit,
  declareSchema,
  declareCompletion,
];

/** `ork`: runs and checks playbooks. Returns the exit code. */
export function main(argv: string[]): Promise<number> {
  const console = processConsole();
  let finish: () => ExitCode | Promise<ExitCode> = () => EXIT.ok;
  const program = declareOrk({
    console,
    setExitCode: (code) => {
      finish = () => code;
    },
    afterHelp: (task) => {
      finish = task;
    },
  });
  return runCommandLine(program, argv, console, () => finish());
}

/** The command line of `ork`, with all its commands. */
export function declareOrk(context: CommandContext): Command {
  const program = configure(new Command('ork'), context.console)
    .description('Run playbooks of WebAssembly modules.')
    .version(packageVersion(), '--version', 'print the version')
    .addHelpText('after', '\nExample:\n  ork run playbook.yaml');
  for (const declare of DECLARATIONS) declare(program, context);
  return program;
}

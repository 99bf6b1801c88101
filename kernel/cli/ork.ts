import { Command, Option } from 'commander';
import { packageVersion } from '../components/package-root.ts';
import { collect, configure, parsePositive, runCommandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import type { ModulesCommand } from './modules.ts';
import { type Console, processConsole } from './render/output.ts';
import type { RunCommand } from './run.ts';
import type { ValidateCommand } from './validate.ts';

/** `ork`: runs and checks playbooks. Returns the exit code. */
export function main(argv: string[]): Promise<number> {
  const console = processConsole();
  let exitCode: number = EXIT.ok;
  const program = configure(new Command('ork'), console)
    .description('Run playbooks of WebAssembly modules.')
    .version(packageVersion(), '--version', 'print the version');
  addRun(program, console, (code) => {
    exitCode = code;
  });
  addValidate(program, console, (code) => {
    exitCode = code;
  });
  addModules(program, console);
  return runCommandLine(program, argv, console, () => exitCode);
}

type SetExitCode = (code: number) => void;

function addRun(program: Command, console: Console, setExitCode: SetExitCode): void {
  program
    .command('run')
    .description('run the run_once workloads of a playbook')
    .argument('<playbook>', 'the playbook file')
    .option('--var <name=value>', 'set a variable (a YAML scalar); may be repeated', collect, [])
    .option('--vars-file <file>', 'set variables from a YAML map')
    .option('--workspace <dir>', "the folder that workloads may write to (default: the playbook's)")
    .option('--max-parallel <n>', 'how many groups of workloads may run at once', parsePositive)
    .option('--fail-fast', 'stop everything at the first failure', false)
    .addOption(
      new Option('--output <format>', 'how to report')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  ork run playbook.yaml\n  ork run playbook.yaml --var threshold=10 --output json' +
        '\n\nExit codes: 0 all well, 1 invalid or failed, 2 wrong usage, 130 interrupted.',
    )
    .action(async (file: string, options: RunOptions) => {
      const { runCommand } = await import('./run.ts');
      const { var: vars, ...rest } = options;
      setExitCode(await runCommand({ file, vars, ...rest }, console));
    });
}

type RunOptions = Omit<RunCommand, 'file' | 'vars'> & { var: string[] };

function addValidate(program: Command, console: Console, setExitCode: SetExitCode): void {
  program
    .command('validate')
    .description('check a playbook without running anything')
    .argument('<playbook>', 'the playbook file')
    .addOption(
      new Option('--output <format>', 'how to report').choices(['text', 'json']).default('text'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  ork validate playbook.yaml\n\nExit codes: 0 valid, 1 invalid, 2 wrong usage.',
    )
    .action(async (file: string, options: Omit<ValidateCommand, 'file'>) => {
      const { validateCommand } = await import('./validate.ts');
      setExitCode(await validateCommand({ file, ...options }, console));
    });
}

function addModules(program: Command, console: Console): void {
  const modules = program.command('modules').description('say what modules there are');
  const output = () =>
    new Option('--output <format>', 'how to report').choices(['text', 'json']).default('text');
  modules
    .command('list')
    .description('list the modules that playbooks can name')
    .addOption(output())
    .addHelpText('after', '\nExample:\n  ork modules list --output json')
    .action(async (options: ModulesCommand) => {
      const { listModulesCommand } = await import('./modules.ts');
      await listModulesCommand(options, console);
    });
  modules
    .command('show')
    .description('describe a module: its params, its result and examples; JSON is its manifest')
    .argument('<name>', 'the name of a module, e.g. data:parse')
    .addOption(output())
    .addHelpText('after', '\nExample:\n  ork modules show data:parse')
    .action(async (name: string, options: ModulesCommand) => {
      const { showModuleCommand } = await import('./modules.ts');
      await showModuleCommand(name, options, console);
    });
}

import { type Command, Option } from 'commander';
import { collect, parsePositive, splitNames } from '../command-line.ts';
import type { RunCommand } from '../run.ts';
import type { CommandContext } from './context.ts';

type RunOptions = Omit<RunCommand, 'file' | 'vars'> & { var: string[] };

export function declareRun(program: Command, context: CommandContext): void {
  const { console, setExitCode } = context;
  program
    .command('run')
    .description('run the run_once workloads of a playbook')
    .argument('<playbook>', 'the playbook file')
    .option('--var <name=value>', 'set a variable (a YAML scalar); may be repeated', collect, [])
    .option('--vars-file <file>', 'set variables from a YAML map')
    .option('--secrets-file <file>', 'take secrets from a YAML map in a private file (mode 0600)')
    .option('--workspace <dir>', "the folder that workloads may write to (default: the playbook's)")
    .option('--max-parallel <n>', 'how many groups of workloads may run at once', parsePositive)
    .option('--fail-fast', 'stop everything at the first failure', false)
    .option('--dry-run', 'say what would change, and change nothing', false)
    .option('--only <names>', 'run only these workloads and what they depend on', splitNames, [])
    .addOption(
      new Option(
        '--sandbox <none>',
        'none: run without a sandbox what does not ask for one',
      ).choices(['none']),
    )
    .option('--audit-log <file>', 'a new file for the audit log (default: in your state folder)')
    .addOption(
      new Option('--output <format>', 'how to report')
        .choices(['text', 'json', 'ndjson'])
        .default('text'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  ork run playbook.yaml\n  ork run playbook.yaml --var threshold=10 --output json' +
        '\n  ork run playbook.yaml --help   (also lists what the playbook takes)' +
        '\n\nExit codes: 0 all well, 1 invalid or failed, 2 wrong usage, 130 interrupted.',
    )
    .addHelpText('after', ({ command }) => describeLater(command, context))
    .action(async (file: string, options: RunOptions) => {
      const { runCommand } = await import('../run.ts');
      const { var: vars, ...rest } = options;
      setExitCode(await runCommand({ file, vars, ...rest }, console));
    });
}

/** With a playbook on the line, the help ends with what that playbook takes. */
function describeLater(command: Command, { console, afterHelp }: CommandContext): string {
  const words = command.args.filter((word) => word !== '--help' && word !== '-h');
  const [file] = command.parseOptions(words).operands;
  if (file !== undefined) {
    afterHelp(async () => (await import('../run-help.ts')).describePlaybook(file, console));
  }
  return '';
}

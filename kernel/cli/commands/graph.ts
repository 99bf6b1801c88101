import { type Command, Option } from 'commander';
import type { GraphCommand } from '../graph.ts';
import type { CommandContext } from './context.ts';

export function declareGraph(program: Command, { console, setExitCode }: CommandContext): void {
  program
    .command('graph')
    .description('draw what runs after what in a playbook, and why')
    .argument('<playbook>', 'the playbook file')
    .addOption(
      new Option('--format <format>', 'how to draw')
        .choices(['text', 'dot', 'mermaid', 'svg'])
        .default('text'),
    )
    .option('-o, --output-file <file>', 'write to a file instead of standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  ork graph playbook.yaml\n  ork graph playbook.yaml --format svg -o graph.svg' +
        '\n\nExit codes: 0 drawn, 1 the playbook is invalid, 2 wrong usage.',
    )
    .action(async (file: string, options: Omit<GraphCommand, 'file'>) => {
      const { graphCommand } = await import('../graph.ts');
      setExitCode(await graphCommand({ file, ...options }, console));
    });
}

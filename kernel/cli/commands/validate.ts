import type { Command } from 'commander';
import type { ValidateCommand } from '../validate.ts';
import { type CommandContext, textOrJson } from './context.ts';

export function declareValidate(program: Command, { console, setExitCode }: CommandContext): void {
  program
    .command('validate')
    .description('check a playbook without running anything')
    .argument('<playbook>', 'the playbook file')
    .addOption(textOrJson())
    .addHelpText(
      'after',
      '\nExample:\n  ork validate playbook.yaml\n\nExit codes: 0 valid, 1 invalid, 2 wrong usage.',
    )
    .action(async (file: string, options: Omit<ValidateCommand, 'file'>) => {
      const { validateCommand } = await import('../validate.ts');
      setExitCode(await validateCommand({ file, ...options }, console));
    });
}

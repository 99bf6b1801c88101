import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

export function declareInit(program: Command, { console }: CommandContext): void {
  program
    .command('init')
    .description('write a first playbook, and the schema that editors check it with')
    .argument('[dir]', 'the folder, made if it is missing', '.')
    .addHelpText(
      'after',
      '\nExample:\n  ork init my-playbook\n\nExit codes: 0 written, 2 a file is there already, or wrong usage.',
    )
    .action(async (directory: string) => {
      const { initCommand } = await import('../init.ts');
      await initCommand(directory, console);
    });
}

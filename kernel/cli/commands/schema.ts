import { Argument, type Command } from 'commander';
import type { SchemaSubject } from '../schema.ts';
import type { CommandContext } from './context.ts';

export function declareSchema(program: Command, { console }: CommandContext): void {
  program
    .command('schema')
    .description('print the JSON Schema of playbooks, for editors')
    .addArgument(
      new Argument('[subject]', 'of what').choices(['playbook', 'daemon']).default('playbook'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  ork schema playbook > playbook.schema.json\n\n' +
        'Then the first line of a playbook can be:\n' +
        '  # yaml-language-server: $schema=playbook.schema.json',
    )
    .action(async (subject: SchemaSubject) => {
      const { schemaCommand } = await import('../schema.ts');
      await schemaCommand(subject, console);
    });
}

import type { Command } from 'commander';
import type { ModulesCommand } from '../modules.ts';
import { type CommandContext, textOrJson } from './context.ts';

export function declareModules(program: Command, { console }: CommandContext): void {
  const modules = program
    .command('modules')
    .description('say what modules there are')
    .addHelpText('after', '\nExample:\n  ork modules list');
  modules
    .command('list')
    .description('list the modules that playbooks can name')
    .addOption(textOrJson())
    .addHelpText('after', '\nExample:\n  ork modules list --output json')
    .action(async (options: ModulesCommand) => {
      const { listModulesCommand } = await import('../modules.ts');
      await listModulesCommand(options, console);
    });
  modules
    .command('show')
    .description('describe a module: its params, its result and examples; JSON is its manifest')
    .argument('<module>', 'the name of a module, e.g. data:parse')
    .addOption(textOrJson())
    .addHelpText('after', '\nExample:\n  ork modules show data:parse')
    .action(async (name: string, options: ModulesCommand) => {
      const { showModuleCommand } = await import('../modules.ts');
      await showModuleCommand(name, options, console);
    });
}

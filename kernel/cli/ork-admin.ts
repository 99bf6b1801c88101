import { Command } from 'commander';
import { packageVersion } from '../components/package-root.ts';
import type { BuildModuleCommand } from './build-module.ts';
import { configure, runCommandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import { processConsole } from './render/output.ts';

/** `ork-admin`: for those who make modules and look after a host. Returns the exit code. */
export function main(argv: string[]): Promise<number> {
  const console = processConsole();
  const program = configure(new Command('ork-admin'), console).description(
    'Build modules for ork.',
  );
  program.version(packageVersion(), '--version', 'print the version');
  program
    .command('build-module')
    .description('build a folder with an index.ts into a WebAssembly component')
    .argument('<directory>', "the module family's folder")
    .requiredOption('-o, --output <file>', 'where the component goes, e.g. text.wasm')
    .addHelpText('after', '\nExample:\n  ork-admin build-module modules/text -o text.wasm')
    .action(async (directory: string, { output }: Omit<BuildModuleCommand, 'directory'>) => {
      const { buildModuleCommand } = await import('./build-module.ts');
      await buildModuleCommand({ directory, output }, console);
    });
  return runCommandLine(program, argv, console, () => EXIT.ok);
}

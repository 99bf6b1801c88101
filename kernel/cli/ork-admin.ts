import { Command } from 'commander';
import { packageVersion } from '../types/package-root.ts';
import type { AuditVerifyCommand } from './audit-verify.ts';
import type { BuildModuleCommand } from './build-module.ts';
import { configure, runCommandLine } from './command-line.ts';
import { textOrJson } from './commands/context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { processConsole } from './render/output.ts';

/** `ork-admin`: for those who make modules and look after a host. Returns the exit code. */
export function main(argv: string[]): Promise<number> {
  const console = processConsole();
  let exitCode: ExitCode = EXIT.ok;
  const program = configure(new Command('ork-admin'), console).description(
    'Build modules for ork, and look after what it keeps.',
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
  program
    .command('audit')
    .description('look into audit logs')
    .addHelpText('after', '\nExample:\n  ork-admin audit verify audit.jsonl')
    .command('verify')
    .description('tell whether an audit log is as it was written, and where not')
    .argument('<files...>', 'the files of one log, oldest first')
    .option('--key-file <file>', 'the key that the log was made with, 32 bytes in base64')
    .option('--head <seq:hash>', 'the last line that is known: tells a tail that was cut off')
    .addOption(textOrJson())
    .addHelpText(
      'after',
      '\nExample:\n  ork-admin audit verify ~/.local/state/ork/audit/RUN_ID.jsonl' +
        '\n\nExit codes: 0 in order, 1 not in order, 2 wrong usage.',
    )
    .action(async (files: string[], options: Omit<AuditVerifyCommand, 'files'>) => {
      const { auditVerifyCommand } = await import('./audit-verify.ts');
      exitCode = await auditVerifyCommand({ files, ...options }, console);
    });
  return runCommandLine(program, argv, console, () => exitCode);
}

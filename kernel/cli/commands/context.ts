import { Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Console } from '../render/output.ts';

/** What a declared command gets to work with. */
export interface CommandContext {
  console: Console;
  /** What `ork` exits with once the command is done; 0 unless it is called. */
  setExitCode(code: ExitCode): void;
  /** What is left to do once the help of a command has been printed. */
  afterHelp(task: () => Promise<ExitCode>): void;
}

/** `--output text|json`, which several commands have. */
export function textOrJson(): Option {
  return new Option('--output <format>', 'how to report').choices(['text', 'json']).default('text');
}

import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { asOrkError, OrkError } from '../types/errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Console } from './render/output.ts';
import { errorText } from './render/report-text.ts';
import { makeStyle } from './render/style.ts';

/** Options that every command understands. */
export interface GlobalOptions {
  debug: boolean;
}

/** A command line prepared to report wrong usage by exit code 2 and never to exit by itself. */
export function configure(program: Command, console: Console): Command {
  return program
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .showSuggestionAfterError()
    .option('--debug', 'print the stack of an unexpected error', false)
    .configureOutput({
      writeOut: (text) => void console.out(text).catch(() => {}),
      writeErr: (text) => console.err(text),
    });
}

/**
 * Parses and runs; `finish` says the exit code then, and also when all that was asked for is help. Whatever
 * goes wrong becomes one message on standard error and an exit code; a stack only with `--debug`.
 */
export async function runCommandLine(
  program: Command,
  argv: string[],
  console: Console,
  finish: () => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    await program.parseAsync(argv, { from: 'user' }).catch(passShownHelp);
    return await finish();
  } catch (thrown) {
    if (thrown instanceof CommanderError) return EXIT.usage;
    const error = asOrkError(thrown);
    console.err(errorText(program.name(), error.toDetails(), makeStyle(console.color)));
    if (program.opts<GlobalOptions>().debug) console.err(`${stackOf(thrown)}\n`);
    // Only a failed command needs the table.
    const { exitCodeOf } = await import('../types/error-table.ts');
    return exitCodeOf(error);
  }
}

/** Commander throws after it has printed help or the version; that is no failure. */
function passShownHelp(thrown: unknown): void {
  if (!(thrown instanceof CommanderError) || thrown.exitCode !== 0) throw thrown;
}

/** A whole number from 1 up, for an option. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('it must be a whole number from 1 up.');
}

export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

/** Names with commas between them, added to those given before. */
export function splitNames(value: string, previous: string[]): string[] {
  return [...previous, ...value.split(',').filter((name) => name !== '')];
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown instanceof OrkError && thrown.cause instanceof Error ? thrown.cause : thrown;
  return cause.stack ?? cause.message;
}

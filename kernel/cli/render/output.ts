import { OrkError } from '../../types/errors.ts';
import { StandardStream } from './standard-stream.ts';

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Console {
  /** Resolves once the text has been handed over. Rejects with `io` when it cannot be (a full disk). */
  out(text: string): Promise<void>;
  err(text: string): void;
  /** Whether `err` is a terminal that can redraw lines. */
  interactive: boolean;
  /** Whether colours are wanted in `err`, and in `out`. */
  color: boolean;
  outColor: boolean;
  columns(): number;
}

export function processConsole(): Console {
  const { env } = process;
  const stdout = new StandardStream(1, () => process.stdout);
  const stderr = new StandardStream(2, () => process.stderr);
  return {
    get interactive() {
      return env['TERM'] !== 'dumb' && env['CI'] === undefined && stderr.isTerminal;
    },
    get color() {
      return wantsColor(env, stderr);
    },
    get outColor() {
      return wantsColor(env, stdout);
    },
    columns: () => stderr.stream.columns ?? 80,
    err: (text) => {
      if (text !== '') stderr.stream.write(text);
    },
    out: (text) => writeOut(stdout, text),
  };
}

/** NO_COLOR and FORCE_COLOR as https://no-color.org and Node understand them. */
function wantsColor(env: NodeJS.ProcessEnv, stream: StandardStream): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return env['TERM'] !== 'dumb' && stream.isTerminal;
}

async function writeOut(stream: StandardStream, text: string): Promise<void> {
  try {
    await stream.write(text);
  } catch (error) {
    // A reader that has seen enough (`| head`) is no failure of ours.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw cannotWrite(error as Error);
  }
}

function cannotWrite(error: Error): OrkError {
  return new OrkError('io', `cannot write to standard output: ${error.message}`, {
    reason: 'cli.output',
    hint: 'is the disk full?',
    cause: error,
  });
}

import { OrkError } from '../../types/errors.ts';

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
  const { stdout, stderr, env } = process;
  stdout.on('error', () => {});
  stderr.on('error', () => {});
  const interactive = stderr.isTTY === true && env['TERM'] !== 'dumb' && env['CI'] === undefined;
  return {
    interactive,
    color: wantsColor(env, stderr.isTTY === true),
    outColor: wantsColor(env, stdout.isTTY === true),
    columns: () => stderr.columns ?? 80,
    err: (text) => void stderr.write(text),
    out: (text) => writeOut(stdout, text),
  };
}

/** NO_COLOR and FORCE_COLOR as https://no-color.org and Node understand them. */
function wantsColor(env: NodeJS.ProcessEnv, terminal: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return terminal && env['TERM'] !== 'dumb';
}

function writeOut(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      // A reader that has seen enough (`| head`) is no failure of ours.
      if (!error || (error as NodeJS.ErrnoException).code === 'EPIPE') resolve();
      else reject(cannotWrite(error));
    });
  });
}

function cannotWrite(error: Error): OrkError {
  return new OrkError('io', `cannot write to standard output: ${error.message}`, {
    reason: 'cli.output',
    hint: 'is the disk full?',
    cause: error,
  });
}

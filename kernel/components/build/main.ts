/** Builds the standard library: `node kernel/components/build/main.ts [--jobs N]`. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { asOrkError, OrkError } from '../../types/errors.ts';
import { packageRoot } from '../../types/package-root.ts';
import { buildStandardLibrary, type FamilyProgress } from './build-library.ts';

const CANCELED_EXIT = 130;

function report({ family, status, milliseconds }: FamilyProgress): void {
  const time = status === 'built' ? ` in ${(milliseconds / 1000).toFixed(1)} s` : '';
  console.log(`${family}: ${status}${time}`);
}

function jobsFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new OrkError('invalid-argument', `--jobs takes a number from 1 to 999, not '${text}'.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', short: 'j' },
      modules: { type: 'string' },
      output: { type: 'string' },
    },
  });
  const root = packageRoot();
  const jobs = jobsFrom(values.jobs);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  await buildStandardLibrary({
    modulesDirectory: values.modules ?? join(root, 'modules'),
    outputDirectory: values.output ?? join(root, 'build', 'modules'),
    ...(jobs === undefined ? {} : { jobs }),
    signal: stop.signal,
    onFamily: report,
  });
}

main().catch((thrown: unknown) => {
  const { code, message, hint } = asOrkError(thrown);
  console.error(`error: ${message}${hint === undefined ? '' : `\n  ${hint}`}`);
  process.exitCode = code === 'canceled' ? CANCELED_EXIT : 1;
});

import { parseArgs } from 'node:util';
import type { Installation } from './installation.ts';
import type { Suite } from './measure.ts';
import { FULL, QUICK, type Sizes, SMOKE } from './sizes.ts';
import { SUITES } from './suites/all.ts';

export interface Options {
  sizes: Sizes;
  suites: Suite[];
  from: Installation['from'] | undefined;
  /** Where the report goes as JSON. */
  json: string | undefined;
  /** The document whose table is replaced. */
  write: string | undefined;
  /** The record case whose processes are profiled, instead of measuring anything. */
  profile: string | undefined;
}

export const USAGE = `npm run bench -- [options]
  --only NAME     ${SUITES.map(({ name }) => name).join(', ')}; may be repeated
  --quick         less of everything, for a first look
  --smoke         what make test measures
  --start WHERE   dist or sources (default: dist if it is built)
  --json FILE     write all samples
  --write FILE    replace the table between the document's bench markers
  --profile CASE  where a record case spends its time, in the kernel and in each worker`;

/** Throws for what cannot be understood. */
export function readOptions(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      start: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const { only, quick, smoke, start, json, write, profile } = values;
  if (write !== undefined && only.length > 0) {
    throw new Error('--write takes the place of the whole table: leave --only out');
  }
  const sizes = smoke ? SMOKE : quick ? QUICK : FULL;
  return { sizes, suites: suitesNamed(only), from: startFrom(start), json, write, profile };
}

function suitesNamed(names: string[]): Suite[] {
  const unknown = names.find((name) => SUITES.every((suite) => suite.name !== name));
  if (unknown !== undefined) throw new Error(`there is no measurement '${unknown}'`);
  return SUITES.filter(({ name }) => names.length === 0 || names.includes(name));
}

function startFrom(text: string | undefined): Installation['from'] | undefined {
  if (text === undefined || text === 'dist' || text === 'sources') return text;
  throw new Error(`--start is dist or sources, not '${text}'`);
}

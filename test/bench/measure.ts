import type { Installation } from './installation.ts';
import type { Summary } from './sampling.ts';
import type { Sizes } from './sizes.ts';

export type Unit = 'ms' | 's' | 'MB' | 'records/s';

/** One line of the report: what ORK takes, beside what others take for the same. */
export interface Row {
  /** Short and lasting: what a test or a later comparison looks a row up by. */
  id: string;
  what: string;
  unit: Unit;
  ork: Summary;
  others: Comparison[];
  aim?: JudgedAim;
  note?: string;
}

export interface Comparison extends Summary {
  /** ORK's median divided by this one's. */
  ratio: number;
}

/** A bound on the median, or on the ratio to the first of the others. */
export type Aim = { of: 'median' | 'ratio' } & ({ most: number } | { least: number });

export interface JudgedAim {
  text: string;
  reached: boolean;
}

export interface Bench {
  installation: Installation;
  sizes: Sizes;
  /** Emptied when the run ends. */
  folder: string;
  say(text: string): void;
}

/** A group of measurements that `--only` can name. */
export interface Suite {
  name: string;
  measure(bench: Bench): Promise<Row[]>;
}

export interface RowText {
  id: string;
  what: string;
  unit: Unit;
  aim?: Aim;
  note?: string;
}

export function makeRow(text: RowText, ork: Summary, others: Summary[] = []): Row {
  const { aim, ...rest } = text;
  const compared = others.map((other) => ({ ...other, ratio: ork.median / other.median }));
  const row: Row = { ...rest, ork, others: compared };
  if (aim !== undefined) row.aim = judge(aim, text.unit, row);
  return row;
}

function judge(aim: Aim, unit: Unit, row: Row): JudgedAim {
  const value = aim.of === 'median' ? row.ork.median : (row.others[0]?.ratio ?? Number.NaN);
  const bound = 'most' in aim ? aim.most : aim.least;
  const shown = aim.of === 'median' ? `${bound.toLocaleString('en')} ${unit}` : `${bound} ×`;
  return 'most' in aim
    ? { text: `≤ ${shown}`, reached: value <= bound }
    : { text: `≥ ${shown}`, reached: value >= bound };
}

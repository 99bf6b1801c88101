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

/** A bound on the median, or on its ratio to, or its difference from, the first of the others. */
export type Aim = { of: 'median' | 'ratio' | 'difference' } & (
  | { most: number }
  | { least: number }
);

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
  const value = judgedValue(aim, row);
  const bound = 'most' in aim ? aim.most : aim.least;
  const shown = aim.of === 'ratio' ? `${bound} ×` : `${bound.toLocaleString('en')} ${unit}`;
  const more = aim.of === 'difference' ? ' more' : '';
  return 'most' in aim
    ? { text: `≤ ${shown}${more}`, reached: value <= bound }
    : { text: `≥ ${shown}${more}`, reached: value >= bound };
}

function judgedValue({ of }: Aim, { ork, others: [other] }: Row): number {
  if (of === 'median') return ork.median;
  if (other === undefined) return Number.NaN;
  return of === 'ratio' ? other.ratio : ork.median - other.median;
}

import type { Machine } from '../machine.ts';
import type { Row } from '../measure.ts';

/** All that one run of the benchmark has found: what `--json` writes. */
export interface Report {
  /** ISO 8601. */
  startedAt: string;
  seconds: number;
  size: 'full' | 'quick' | 'smoke';
  startedFrom: 'dist' | 'sources';
  /** The commit, and whether the checkout differs from it. */
  commit: string;
  command: string;
  machine: Machine;
  rows: Row[];
}

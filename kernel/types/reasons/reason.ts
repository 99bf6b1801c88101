import type { ErrorCode } from '../errors.ts';

/** One reason that errors and findings can have. */
export interface ReasonEntry {
  /** `warning` and `finding` are found by checking a playbook; a finding makes it invalid. */
  code: ErrorCode | 'finding' | 'warning';
  /** What has happened. */
  meaning: string;
  /** What to do about it. */
  advice: string;
  /** What a command ends with that fails for this reason; 1 when left out. */
  exitCode?: 1 | 2;
}

export type Reasons = Record<string, ReasonEntry>;

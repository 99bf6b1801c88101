import { z } from 'zod';
import { OrkError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+$/;
const PART = /(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g;
/** Ten years, as in playbooks. */
const LONGEST = 10 * 366 * 24 * 3_600_000;

/** A param that takes a duration as playbooks write it: `1h30m`, `250ms`. */
export const duration = z.string().regex(DURATION, "must be a duration like '30s' or '1h30m'");

/** The milliseconds of a `duration` param. */
export function parseDuration(text: string): number {
  if (!DURATION.test(text)) throw refused(`'${text}' is not a duration.`);
  let total = 0;
  for (const [, count, unit] of text.matchAll(PART))
    total += Number(count) * (UNITS[unit ?? ''] ?? 0);
  if (total <= LONGEST) return total;
  throw refused(`'${text}' is longer than ten years.`);
}

function refused(message: string): OrkError {
  return new OrkError('invalid-argument', message, {
    reason: 'duration.syntax',
    hint: 'Write a number and a unit, such as 30s, 250ms or 1h30m.',
  });
}

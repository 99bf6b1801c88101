import type { Interval } from './form-matcher.ts';

/** What stands in the place of a secret. */
export const MASK = '***';

/** The text with the mask in the place of each interval. */
export function mask(text: string, intervals: readonly Interval[]): string {
  if (intervals.length === 0) return text;
  let masked = '';
  let from = 0;
  for (const { start, end } of intervals) {
    masked += text.slice(from, start) + MASK;
    from = end;
  }
  return masked + text.slice(from);
}

import { OrkError } from '../types/errors.ts';

const UNITS: [name: string, milliseconds: number][] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ns', 1e-6],
];
const SYNTAX = /^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+$/;
const PART = /(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g;
/** Ten years: longer than anything that is meant, and far below where milliseconds lose precision. */
const LONGEST = 10 * 366 * 24 * 3_600_000;

/**
 * A Go-style duration (`1h30m`, `250ms`, `1.5s`) in milliseconds. A unit is required, a sign is not
 * allowed. Throws `invalid-argument` with reason `duration.syntax`.
 */
export function parseDuration(text: string): number {
  if (!SYNTAX.test(text)) throw badDuration(`'${text}' is not a duration`);
  let total = 0;
  for (const [, count, unit] of text.matchAll(PART)) {
    const [, milliseconds] = UNITS.find(([name]) => name === unit) ?? ['', Number.NaN];
    total += Number(count) * milliseconds;
  }
  if (total > LONGEST) throw badDuration(`'${text}' is longer than ten years`);
  return total;
}

/**
 * Milliseconds as a Go-style duration that `parseDuration` reads back: `1h30m`, `250ms`, `1.5s`, `0s`.
 * Anything below a microsecond is dropped.
 */
export function formatDuration(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000);
  if (microseconds === 0) return '0s';
  if (microseconds < 1000) return `${microseconds}us`;
  if (microseconds < 1_000_000) return `${microseconds / 1000}ms`;
  const hours = Math.floor(microseconds / 3_600_000_000);
  const minutes = Math.floor(microseconds / 60_000_000) % 60;
  const seconds = (microseconds % 60_000_000) / 1_000_000;
  const parts = [part(hours, 'h'), part(minutes, 'm'), part(seconds, 's')];
  return parts.join('');
}

function part(count: number, unit: string): string {
  return count === 0 ? '' : `${count}${unit}`;
}

function badDuration(message: string): OrkError {
  return new OrkError('invalid-argument', message, {
    reason: 'duration.syntax',
    hint: 'write a number and a unit, such as 30s, 250ms or 1h30m',
  });
}

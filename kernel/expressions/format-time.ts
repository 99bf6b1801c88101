import { fraction, type Instant } from './timestamp.ts';

/** A time on the calendar and clock of a zone. */
interface ZonedTime {
  /** The reading of the clock, as if it were UTC. */
  clock: Date;
  /** `Z` for UTC, else as `+01:00`. */
  offset: string;
  zone: string;
  instant: Instant;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];
const DAY_MS = 86_400_000;
const MAX_ZONES = 64;
const RFC_3339 = '%FT%T%f%:z';

/** What each directive of a format writes; `%%` is a percent sign. */
const DIRECTIVES: Record<string, (time: ZonedTime) => string> = {
  '%Y': ({ clock }) => digits(clock.getUTCFullYear(), 4),
  '%m': ({ clock }) => digits(clock.getUTCMonth() + 1, 2),
  '%d': ({ clock }) => digits(clock.getUTCDate(), 2),
  '%e': ({ clock }) => String(clock.getUTCDate()),
  '%j': ({ clock }) => digits(dayOfYear(clock), 3),
  '%H': ({ clock }) => digits(clock.getUTCHours(), 2),
  '%I': ({ clock }) => digits(((clock.getUTCHours() + 11) % 12) + 1, 2),
  '%M': ({ clock }) => digits(clock.getUTCMinutes(), 2),
  '%S': ({ clock }) => digits(clock.getUTCSeconds(), 2),
  '%L': ({ instant }) => digits(Math.floor(instant.nanos / 1_000_000), 3),
  '%f': ({ instant }) => fraction(instant.nanos),
  '%p': ({ clock }) => (clock.getUTCHours() < 12 ? 'AM' : 'PM'),
  '%A': ({ clock }) => DAYS[clock.getUTCDay()] ?? '',
  '%a': ({ clock }) => (DAYS[clock.getUTCDay()] ?? '').slice(0, 3),
  '%B': ({ clock }) => MONTHS[clock.getUTCMonth()] ?? '',
  '%b': ({ clock }) => (MONTHS[clock.getUTCMonth()] ?? '').slice(0, 3),
  '%u': ({ clock }) => String(((clock.getUTCDay() + 6) % 7) + 1),
  '%z': ({ offset }) => (offset === 'Z' ? '+0000' : offset.replace(':', '')),
  '%:z': ({ offset }) => offset,
  '%Z': ({ zone }) => zone,
  '%s': ({ instant }) => String(instant.seconds),
  '%F': (time) => write('%Y-%m-%d', time),
  '%T': (time) => write('%H:%M:%S', time),
  '%%': () => '%',
};

/**
 * Writes a time. Without a format it is RFC 3339; a format is text with the directives of
 * docs/expressions.md. The zone is a name such as `Europe/Berlin` or an offset such as `+02:00`; without
 * one it is UTC. Throws for an unknown directive or zone.
 */
export function formatTime(instant: Instant, format = '', zone = 'UTC'): string {
  return write(format === '' ? RFC_3339 : format, inZone(instant, zone));
}

function write(format: string, time: ZonedTime): string {
  return format.replace(/%:?[\s\S]?/g, (directive) => {
    const writer = Object.hasOwn(DIRECTIVES, directive) ? DIRECTIVES[directive] : undefined;
    if (writer !== undefined) return writer(time);
    const known = Object.keys(DIRECTIVES).join(' ');
    throw new Error(`format_time: unknown directive '${directive}'; there are ${known}`);
  });
}

function inZone(instant: Instant, zone: string): ZonedTime {
  const utc = new Date(Number(instant.seconds) * 1000);
  if (zone === 'UTC') return { clock: utc, offset: 'Z', zone, instant };
  const parts = Object.fromEntries(
    formatterFor(zone)
      .formatToParts(utc)
      .map(({ type, value }) => [type, value]),
  );
  const clock = new Date(0);
  const { year, month, day, hour, minute, second, timeZoneName = '' } = parts;
  clock.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  clock.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset = timeZoneName.replace('GMT', '');
  return { clock, offset: offset === '' ? '+00:00' : offset.slice(0, 6), zone, instant };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = makeFormatter(timeZone);
  if (formatters.size >= MAX_ZONES) formatters.clear();
  formatters.set(timeZone, formatter);
  return formatter;
}

function makeFormatter(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      timeZoneName: 'longOffset',
    });
  } catch {
    const shown = JSON.stringify(timeZone.slice(0, 40));
    throw new Error(`format_time: unknown time zone ${shown}; write 'Europe/Berlin' or '+02:00'`);
  }
}

function dayOfYear(clock: Date): number {
  const newYear = new Date(0);
  newYear.setUTCFullYear(clock.getUTCFullYear(), 0, 1);
  return Math.floor((clock.getTime() - newYear.getTime()) / DAY_MS) + 1;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime } from './format-time.ts';
import { readTimestamp } from './timestamp.ts';

const instant = readTimestamp('2026-01-04T05:06:07.089Z');

describe('formatTime', () => {
  it('writes RFC 3339 without a format', () => {
    expect(formatTime(instant)).toBe('2026-01-04T05:06:07.089Z');
    expect(formatTime(readTimestamp('2026-01-04T05:06:07Z'))).toBe('2026-01-04T05:06:07Z');
    expect(formatTime(instant, '', 'Europe/Berlin')).toBe('2026-01-04T06:06:07.089+01:00');
  });

  it.each([
    ['%Y-%m-%d', '2026-01-04'],
    ['%F %T', '2026-01-04 05:06:07'],
    ['%e. %B, %b', '4. January, Jan'],
    ['%A %a %u', 'Sunday Sun 7'],
    ['%I %p', '05 AM'],
    ['%L|%f', '089|.089'],
    ['%j', '004'],
    ['%s', '1767503167'],
    ['%z %:z %Z', '+0000 Z UTC'],
    ['100%%', '100%'],
    ['no directive', 'no directive'],
  ])('writes %s as %s', (format, expected) => {
    expect(formatTime(instant, format)).toBe(expected);
  });

  it.each([
    ['Europe/Berlin', '2026-01-04 06:06 +01:00 +0100'],
    ['America/New_York', '2026-01-04 00:06 -05:00 -0500'],
    ['Asia/Kathmandu', '2026-01-04 10:51 +05:45 +0545'],
    ['+02:00', '2026-01-04 07:06 +02:00 +0200'],
    ['-11:30', '2026-01-03 17:36 -11:30 -1130'],
    ['Africa/Abidjan', '2026-01-04 05:06 +00:00 +0000'],
  ])('writes the time in %s', (zone, expected) => {
    expect(formatTime(instant, '%F %H:%M %:z %z', zone)).toBe(expected);
  });

  it('knows noon, midnight and leap years', () => {
    const at = (text: string) => formatTime(readTimestamp(text), '%I %p %j');
    expect(at('2024-12-31T12:00:00Z')).toBe('12 PM 366');
    expect(at('2023-12-31T00:00:00Z')).toBe('12 AM 365');
  });

  it.each([
    ['%q', "unknown directive '%q'"],
    ['50%', "unknown directive '%'"],
    ['%:m', "unknown directive '%:m'"],
  ])('refuses %s', (format, message) => {
    expect(() => formatTime(instant, format)).toThrow(message);
  });

  it.each(['Mars/Olympus', '+1', ''])('refuses the zone %j', (zone) => {
    expect(() => formatTime(instant, '%F', zone)).toThrow('unknown time zone');
  });

  it('writes what reads as the same instant, in every zone', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', '+13:45', '-09:30');
    const date = fc.date({
      min: new Date('1980-01-01T00:00:00Z'),
      max: new Date('9990-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, zone, (time, name) => {
        const text = formatTime(readTimestamp(time.toISOString()), '', name);
        expect(new Date(text).getTime()).toBe(time.getTime());
      }),
    );
  });
});

describe('readTimestamp', () => {
  it.each(['2026-13-01T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00', 'now', ''])(
    'refuses %j',
    (text) => {
      expect(() => readTimestamp(text)).toThrow('is not a time such as');
    },
  );

  it('refuses what is neither a timestamp nor text', () => {
    expect(() => readTimestamp(1n)).toThrow('takes a timestamp or its text, not int');
  });
});

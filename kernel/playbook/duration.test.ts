import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['5s', 5000],
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['100us', 0.1],
    ['0s', 0],
  ])('reads %s as %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', 's', '-5s', '5 s', '1d', '5s ', '1e3s', '999999h'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', reason: 'duration.syntax' }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [250, '250ms'],
    [1500, '1.5s'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('writes what parseDuration reads back, to the microsecond', () => {
    const microseconds = fc.integer({ min: 0, max: 10 ** 14 });
    fc.assert(
      fc.property(microseconds, (count) => {
        expect(Math.round(parseDuration(formatDuration(count / 1000)) * 1000)).toBe(count);
      }),
    );
  });

  it('writes whatever parseDuration reads, in fewer parts', () => {
    const unit = fc.constantFrom('h', 'm', 's', 'ms', 'us', 'µs', 'ns');
    const part = fc.tuple(fc.nat(999), fc.option(fc.nat(9)), unit);
    const text = fc
      .array(part, { minLength: 1, maxLength: 6 })
      .map((parts) =>
        parts.map(([whole, tenth, name]) => `${whole}${tenth === null ? '' : `.${tenth}`}${name}`),
      );
    fc.assert(
      fc.property(text, (parts) => {
        const total = parts.reduce((sum, each) => sum + parseDuration(each), 0);
        const milliseconds = parseDuration(parts.join(''));
        expect(milliseconds).toBeCloseTo(total, 6);
        const written = formatDuration(milliseconds);
        expect(written).toMatch(/^(?:\d+h)?(?:\d+m)?(?:[\d.]+(?:s|ms|us))?$/);
        expect(Math.abs(parseDuration(written) - milliseconds)).toBeLessThan(0.001);
      }),
    );
  });
});

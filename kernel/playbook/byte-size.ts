const UNITS: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** A size such as `4MiB`, or a plain count of bytes, in bytes; undefined for anything else. */
export function parseByteSize(value: string | number): number | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  const [, count, unit = 'B'] = /^([1-9]\d{0,8})(B|KiB|MiB|GiB)?$/.exec(value) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS[unit] ?? 1);
}

import { z } from 'zod';
import { OrkError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const SIZE = /^([1-9]\d{0,8})(B|KiB|MiB|GiB)?$/;

/** A param that takes a size as playbooks write it: `4MiB`, or a count of bytes. */
export const byteSize = z.union([z.int().min(1), z.string().regex(SIZE)]);

/** The bytes of a `byteSize` param. */
export function parseByteSize(value: string | number): number {
  if (typeof value === 'number') return value;
  const [, count, unit = 'B'] = SIZE.exec(value) ?? [];
  if (count !== undefined) return Number(count) * (UNITS[unit] ?? 1);
  throw new OrkError('invalid-argument', `'${value}' is not a size.`, 'Write it like 4MiB.');
}

import { expect, it } from 'vitest';
import { parseByteSize } from './byte-size.ts';

it.each<[string | number, number | undefined]>([
  ['4MiB', 4_194_304],
  ['512KiB', 524_288],
  ['100', 100],
  ['7B', 7],
  [4096, 4096],
  [0, undefined],
  [1.5, undefined],
  ['4MB', undefined],
  ['-1KiB', undefined],
])('reads %s as %s bytes', (value, bytes) => {
  expect(parseByteSize(value)).toBe(bytes);
});

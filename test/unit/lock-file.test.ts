import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Package {
  version: string;
  integrity?: string;
  resolved?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as T;
}

const declared = readJson<Package>('package.json');
const { '': locked, ...installed } = readJson<{ packages: Record<string, Package> }>(
  'package-lock.json',
).packages;

test.each(['dependencies', 'devDependencies', 'optionalDependencies'] as const)(
  'the lock file has the %s of package.json',
  (kind) => expect(locked?.[kind]).toEqual(declared[kind]),
);

test('every locked package has a checksum and names no registry', () => {
  const odd = Object.entries(installed).filter(
    ([, { integrity, resolved }]) => !integrity || resolved,
  );
  expect(odd).toEqual([]);
});

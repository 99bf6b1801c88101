import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { failingCases, readDeviations, UNEXPLAINED } from '../conformance/cel/deviations.ts';
import { conformanceCases } from '../conformance/cel/harness.ts';
import { checkout } from '../support/ork.ts';

const groups = readDeviations();
const listed = Object.values(groups).flatMap(({ cases }) => cases);
const all = conformanceCases().map(({ path }) => path);

describe("CEL's conformance data", () => {
  test('is there, each case under a name of its own', () => {
    expect(all.length).toBeGreaterThan(2000);
    expect(new Set(all).size).toBe(all.length);
  });

  // After a change of the library: node test/conformance/cel/deviations.ts
  test('passes but for the listed deviations, all of which fail', () => {
    expect(failingCases().sort()).toEqual(listed.sort());
  });

  test('has no deviation without a reason', () => {
    expect(groups[UNEXPLAINED]).toBeUndefined();
    expect(Object.values(groups).every(({ reason }) => reason.length > 20)).toBe(true);
  });
});

describe('docs/expressions.md', () => {
  const page = readFileSync(path.join(checkout, 'docs/expressions.md'), 'utf8');

  test('tells the pass rate', () => {
    const passed = all.length - listed.length;
    const rate = ((100 * passed) / all.length).toFixed(1);
    expect(page).toContain(`${passed} of ${all.length} cases pass (${rate} %)`);
  });

  test('tells every reason with the number of its cases', () => {
    const rows = Array.from(page.matchAll(/^\| ([\w-]+) +\| +(\d+) +\| (.+?) +\|$/gm), (row) =>
      row.slice(1),
    );
    const expected = Object.entries(groups).map(([name, { cases, reason }]) => [
      name,
      String(cases.length),
      reason,
    ]);
    expect(rows).toEqual(expected);
  });
});

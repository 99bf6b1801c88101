import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CODE_TABLE } from '../../kernel/types/error-codes.ts';
import { ERROR_TABLE, entryOf, exitCodeOf } from '../../kernel/types/error-table.ts';
import { ERROR_CODES, OrkError } from '../../kernel/types/errors.ts';
import { errorsPage } from '../../scripts/errors/page.ts';
import { candidatesIn, reasonsIn } from '../../scripts/errors/reasons.ts';
import { checkout } from '../support/ork.ts';

const given = reasonsIn(checkout);
const listed = ERROR_TABLE.flatMap(({ reasons }) => Object.keys(reasons));

/** Put together from parts in the sources, so that the scan cannot find them whole. */
const COMPOSED = [/^playbook\.(?:unknown-key|required|invalid)$/, /^params\./, /^protocol\./];
/** Constants of the same form that are no reasons. */
const NO_REASONS = [/^playbook\.yaml$/];

test('the table has every code of the contract', () => {
  expect(Object.keys(CODE_TABLE)).toEqual([...ERROR_CODES]);
});

test('the table has every reason that the sources give', () => {
  expect(given.length).toBeGreaterThan(150);
  const missing = given.filter(
    ({ reason }) => entryOf(reason) === undefined && !NO_REASONS.some((form) => form.test(reason)),
  );
  expect(missing).toEqual([]);
});

test('the sources give every reason of the table', () => {
  const reasons = candidatesIn(checkout);
  const unused = listed.filter(
    (reason) => !reasons.has(reason) && !COMPOSED.some((form) => form.test(reason)),
  );
  expect(unused).toEqual([]);
});

test('no reason stands in the table twice', () => {
  expect(listed).toEqual([...new Set(listed)]);
});

test('docs/errors.md is the table; node scripts/errors/main.ts writes it', () => {
  expect(readFileSync(path.join(checkout, 'docs/errors.md'), 'utf8')).toBe(errorsPage());
});

test('wrong usage ends with 2, what went wrong with 1', () => {
  const exitCode = (reason: string) => exitCodeOf(new OrkError('internal', 'm', { reason }));
  expect(
    ['cli.usage', 'secret.file-permissions', 'cli.output', 'foreign.reason'].map(exitCode),
  ).toEqual([2, 2, 1, 1]);
});

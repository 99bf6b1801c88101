import { expect, test } from 'vitest';
import type { SourcePosition } from './model.ts';
import { concatFindings, joinFindings, MAX_PROBLEMS, ProblemList } from './problem-list.ts';

function at(line: number): SourcePosition {
  return { file: 'p.yaml', line, column: 1, length: 1 };
}

function lines(list: ProblemList): (number | undefined)[] {
  return list.findings().problems.map(({ position }) => position?.line);
}

function errorsAt(...places: number[]): ProblemList {
  const list = new ProblemList();
  for (const line of places) list.error('r', 'm', at(line));
  return list;
}

const HUNDRED = Array.from({ length: MAX_PROBLEMS }, (_, index) => index + 1);

test('problems come in the order of the file', () => {
  expect(lines(errorsAt(3, 1, 2))).toEqual([1, 2, 3]);
});

test('of many errors the first ones in the file are kept, whatever found them', () => {
  const downwards = Array.from({ length: 20_000 }, (_, index) => 20_000 - index);
  const list = errorsAt(...downwards);
  expect(lines(list)).toEqual(HUNDRED);
  expect(list.findings().counts).toEqual({ errors: 20_000, warnings: 0 });
});

test('an error is kept however many warnings come before it', () => {
  const list = new ProblemList();
  for (let line = 1; line <= 1000; line++) list.warning('r', 'm', at(line));
  list.error('r', 'm', at(5000));
  expect(lines(list)).toEqual([...HUNDRED.slice(0, -1), 5000]);
  expect(list.findings().counts).toEqual({ errors: 1, warnings: 1000 });
});

test('a text without end is cut', () => {
  const list = new ProblemList();
  list.error('r', 'x'.repeat(5000), at(1), 'y'.repeat(5000));
  expect(list.findings().problems).toMatchObject([
    { message: `${'x'.repeat(1000)}…`, hint: `${'y'.repeat(1000)}…` },
  ]);
});

test('findings about one file are joined in its order', () => {
  const { problems } = joinFindings([errorsAt(2).findings(), errorsAt(1, 3).findings()]);
  expect(problems.map(({ position }) => position?.line)).toEqual([1, 2, 3]);
});

test('findings about several files stay in the order of the files, and are no more than of one', () => {
  const { problems, counts } = concatFindings([
    errorsAt(9).findings(),
    errorsAt(...HUNDRED).findings(),
  ]);
  expect(problems.map(({ position }) => position?.line)).toEqual([9, ...HUNDRED.slice(0, -1)]);
  expect(counts).toEqual({ errors: MAX_PROBLEMS + 1, warnings: 0 });
});

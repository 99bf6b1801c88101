import type { CelFunc, CelUint } from '@bufbuild/cel';
import { CelScalar, celFunc, isCelUint, listType } from '@bufbuild/cel';
import { appendLists } from './append-list.ts';

type Numeric = bigint | number | CelUint;
type Operation = (left: number, right: number) => number;

const OPERATIONS: Record<string, Operation> = {
  '_+_': (left, right) => left + right,
  '_-_': (left, right) => left - right,
  '_*_': (left, right) => left * right,
  '_/_': (left, right) => left / right,
  '_%_': remainder,
};

const { DOUBLE, DYN, INT, UINT } = CelScalar;
const LIST = listType(DYN);
const MIXED = [
  [DOUBLE, INT],
  [INT, DOUBLE],
  [DOUBLE, UINT],
  [UINT, DOUBLE],
] as const;

/**
 * Arithmetic between JSON numbers, which arrive as doubles, and the integers that people write:
 * the result is a double. `%` works on doubles too, and fails for a divisor of zero.
 */
export function mixedArithmetic(): CelFunc[] {
  const functions = [
    celFunc('_%_', [DOUBLE, DOUBLE], DOUBLE, remainder),
    celFunc('_+_', [LIST, LIST], LIST, appendLists),
  ];
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    for (const types of MIXED) {
      const mixed = (left: Numeric, right: Numeric) => operation(toDouble(left), toDouble(right));
      functions.push(celFunc(name, types, DOUBLE, mixed));
    }
  }
  return functions;
}

function remainder(left: number, right: number): number {
  if (right === 0) throw new Error('modulus by zero');
  return left % right;
}

function toDouble(value: Numeric): number {
  return Number(isCelUint(value) ? value.value : value);
}

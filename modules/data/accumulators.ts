import { type Json, OrkError } from '../../sdk/typescript/index.ts';
import { canonical } from './canonical.ts';

export const AGGREGATE_OPS = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'first',
  'last',
  'collect',
  'distinct',
  'p50',
  'p95',
  'p99',
] as const;
export type AggregateOp = (typeof AGGREGATE_OPS)[number];

/** Takes one value per record (nothing where the field is missing or null) and knows the result. */
export interface Accumulator {
  /** Throws `UnfitValue` for a value that `add` must not be given. */
  check(value: Json): void;
  add(value: Json): void;
  result(): Json;
  /** Gives back what it keeps of the budget. */
  release(): void;
}

/** A value that an operation cannot take. */
export class UnfitValue extends Error {}

/** How many values may be kept at once, by all accumulators together. */
export class ValueBudget {
  readonly #max: number;
  #kept = 0;

  constructor(max: number) {
    this.#max = max;
  }

  take(): void {
    if (this.#kept === this.#max) throw tooMany(this.#max);
    this.#kept += 1;
  }

  release(count: number): void {
    this.#kept -= count;
  }
}

/** Every operation ignores missing and null values, as SQL does. */
export function createAccumulator(op: AggregateOp, budget: ValueBudget): Accumulator {
  switch (op) {
    case 'count':
      return fold<number>(0, (count) => count + 1);
    case 'sum':
      return createSum();
    case 'avg':
      return createAverage();
    case 'min':
      return createExtreme(op, (value, best) => value < best);
    case 'max':
      return createExtreme(op, (value, best) => value > best);
    case 'first':
      return fold<Json>(null, (first, value) => first ?? value);
    case 'last':
      return fold<Json>(null, (_, value) => value);
    case 'collect':
      return createCollection(budget);
    case 'distinct':
      return createDistinct(budget);
    case 'p50':
    case 'p95':
    case 'p99':
      return createPercentile(op, budget);
  }
}

const anything = (): void => {};
const nothingKept = (): void => {};

function fold<T extends Json>(
  start: T,
  step: (state: T, value: Json) => T,
  check: (value: Json) => void = anything,
): Accumulator {
  let state = start;
  return {
    check,
    add: (value) => {
      state = step(state, value);
    },
    result: () => state,
    release: nothingKept,
  };
}

function createSum(): Accumulator {
  const sum = fold<number>(0, (total, value) => total + (value as number), requireNumber('sum'));
  return { ...sum, result: () => finite(sum.result() as number, 'sum') };
}

/** JSON has no infinity: it would become null, which means that there were no values. */
function finite(value: number, what: string): number {
  if (Number.isFinite(value)) return value;
  throw new OrkError('resource-exhausted', `The ${what} is larger than a number can be.`, {
    reason: 'data.overflow',
  });
}

function createAverage(): Accumulator {
  let sum = 0;
  let count = 0;
  return {
    check: requireNumber('avg'),
    add: (value) => {
      sum += value as number;
      count += 1;
    },
    result: () => (count === 0 ? null : finite(sum / count, 'average')),
    release: nothingKept,
  };
}

type Comparable = number | string;

function createExtreme(
  op: AggregateOp,
  wins: (value: Comparable, best: Comparable) => boolean,
): Accumulator {
  let best: Comparable | null = null;
  return {
    check: (value) => {
      const fits = typeof value === 'number' || typeof value === 'string';
      if (fits && (best === null || typeof best === typeof value)) return;
      throw new UnfitValue(`${op} compares numbers or texts, not ${JSON.stringify(value)}`);
    },
    add: (value) => {
      const next = value as Comparable;
      if (best === null || wins(next, best)) best = next;
    },
    result: () => best,
    release: nothingKept,
  };
}

function createCollection(budget: ValueBudget): Accumulator {
  const values: Json[] = [];
  return {
    check: anything,
    add: (value) => {
      budget.take();
      values.push(value);
    },
    result: () => values,
    release: () => budget.release(values.length),
  };
}

/** In the order in which they were first seen. */
function createDistinct(budget: ValueBudget): Accumulator {
  const values = new Map<string, Json>();
  return {
    check: anything,
    add: (value) => {
      const key = canonical(value);
      if (values.has(key)) return;
      budget.take();
      values.set(key, value);
    },
    result: () => [...values.values()],
    release: () => budget.release(values.size),
  };
}

/** The smallest value that at least so many percent do not exceed (nearest rank): one that was there. */
function createPercentile(op: 'p50' | 'p95' | 'p99', budget: ValueBudget): Accumulator {
  const values: number[] = [];
  const percent = Number(op.slice(1));
  return {
    check: requireNumber(op),
    add: (value) => {
      budget.take();
      values.push(value as number);
    },
    result: () => {
      values.sort((a, b) => a - b);
      return values[Math.ceil((percent * values.length) / 100) - 1] ?? null;
    },
    release: () => budget.release(values.length),
  };
}

function requireNumber(op: AggregateOp): (value: Json) => void {
  return (value) => {
    if (typeof value !== 'number') {
      throw new UnfitValue(`${op} takes numbers, not ${JSON.stringify(value)}`);
    }
  };
}

function tooMany(max: number): OrkError {
  return new OrkError('resource-exhausted', `There are more than ${max} values to keep.`, {
    reason: 'data.too-many-values',
    hint: 'Raise `max_values`, or use `window` or `count`: collect, distinct and p… keep every value.',
  });
}

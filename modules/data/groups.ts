import { type Json, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import {
  type Accumulator,
  type AggregateOp,
  createAccumulator,
  UnfitValue,
  ValueBudget,
} from './accumulators.ts';
import { canonical } from './canonical.ts';
import { compareKeys } from './compare.ts';
import { fieldAt } from './field-path.ts';

export interface Aggregate {
  op: AggregateOp;
  /** Not needed to count records. */
  field?: string | undefined;
  /** The field of the result; `op` or `op_field` when left out. */
  as?: string | undefined;
}

export interface GroupOptions {
  fields: readonly string[];
  aggregates: readonly Aggregate[];
  maxGroups: number;
  /** Of all that collect, distinct and percentiles keep. */
  maxValues: number;
  /** A group of so many records is complete. */
  count?: number | undefined;
  /** Whether groups end before the stream does: then nothing is said of no records. */
  windowed?: boolean;
}

interface Group {
  key: Json[];
  records: number;
  accumulators: Accumulator[];
}

/** The reason of a record whose values do not fit. */
export const UNFIT_VALUE = 'data.unfit-value';

/** Aggregates per group of equal field values. */
export class Groups {
  readonly #options: GroupOptions;
  readonly #budget: ValueBudget;
  readonly #groups = new Map<string, Group>();

  constructor(options: GroupOptions) {
    const { fields, aggregates, maxValues, windowed, count } = options;
    this.#options = options;
    this.#budget = new ValueBudget(maxValues);
    checkNames(fields, aggregates);
    // Without grouping there is one result, even of nothing.
    if (fields.length === 0 && !windowed && count === undefined) {
      this.#groups.set(canonical([]), this.#find([]));
    }
  }

  /** Takes a record, or throws and takes nothing of it. Returns its group's result if that is complete. */
  add(record: JsonObject): JsonObject | undefined {
    const { fields, aggregates, count } = this.#options;
    const group = this.#find(fields.map((field) => fieldAt(record, field) ?? null));
    const values = aggregates.map(({ field }) =>
      field === undefined ? true : (fieldAt(record, field) ?? null),
    );
    aggregates.forEach((aggregate, index) => {
      checkValue(group.accumulators[index], values[index] ?? null, aggregate);
    });
    this.#groups.set(canonical(group.key), group);
    group.accumulators.forEach((accumulator, index) => {
      const value = values[index] ?? null;
      if (value !== null) accumulator.add(value);
    });
    group.records += 1;
    return group.records === count ? this.#end(group) : undefined;
  }

  /** One record per group, ordered by the values of its fields; all groups begin anew. */
  flush(): JsonObject[] {
    const ordered = [...this.#groups.values()].sort((a, b) => compareKeys(a.key, b.key));
    const { windowed, count } = this.#options;
    const isEmptyLeftOut = windowed === true || count !== undefined;
    const full = ordered.filter(({ records }) => records > 0 || !isEmptyLeftOut);
    const results = full.map((group) => this.#end(group));
    this.#groups.clear();
    return results;
  }

  #find(key: Json[]): Group {
    const known = this.#groups.get(canonical(key));
    if (known !== undefined) return known;
    const { maxGroups, aggregates } = this.#options;
    if (this.#groups.size >= maxGroups) throw tooMany(maxGroups);
    const accumulators = aggregates.map(({ op }) => createAccumulator(op, this.#budget));
    return { key, records: 0, accumulators };
  }

  #end(group: Group): JsonObject {
    const record = this.#toRecord(group);
    for (const accumulator of group.accumulators) accumulator.release();
    this.#groups.delete(canonical(group.key));
    return record;
  }

  #toRecord({ key, accumulators }: Group): JsonObject {
    const fields = this.#options.fields.map((field, index) => [field, key[index] ?? null]);
    const results = this.#options.aggregates.map((aggregate, index) => [
      resultName(aggregate),
      accumulators[index]?.result() ?? null,
    ]);
    return Object.fromEntries([...fields, ...results]) as JsonObject;
  }
}

function resultName({ op, field, as }: Aggregate): string {
  return as ?? (field === undefined ? op : `${op}_${field}`);
}

function checkNames(fields: readonly string[], aggregates: readonly Aggregate[]): void {
  const names = [...fields, ...aggregates.map(resultName)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new OrkError('invalid-argument', `Two results are called '${twice}'.`, 'Use `as`.');
  }
  const blind = aggregates.find(({ op, field }) => op !== 'count' && field === undefined);
  if (blind === undefined) return;
  throw new OrkError('invalid-argument', `'${blind.op}' needs a field.`, 'Add `field: NAME`.');
}

function checkValue(
  accumulator: Accumulator | undefined,
  value: Json,
  { field = '', op }: Aggregate,
): void {
  try {
    if (value !== null) accumulator?.check(value);
  } catch (error) {
    if (!(error instanceof UnfitValue)) throw error;
    throw new OrkError('invalid-argument', `Field '${field}': ${error.message}.`, {
      reason: UNFIT_VALUE,
      hint: `See \`on_error\`, or convert the field with data:map before ${op}.`,
    });
  }
}

function tooMany(max: number): OrkError {
  return new OrkError('resource-exhausted', `There are more than ${max} groups.`, {
    reason: 'data.too-many-groups',
    hint: 'Raise `max_groups`, or group by fields with fewer values.',
  });
}

import type { Json, JsonObject } from '../../sdk/typescript/index.ts';
import { fieldAt } from './field-path.ts';

/** A column of a table: which field, under which heading. */
export interface Column {
  field: string;
  title: string;
}

export type ColumnParam = string | { field: string; title: string };

/** The columns that were asked for, or else those of the first record. */
export function resolveColumns(
  asked: readonly ColumnParam[] | undefined,
  first: JsonObject | undefined,
): Column[] {
  const columns = asked ?? Object.keys(first ?? {});
  return columns.map((column) =>
    typeof column === 'string' ? { field: column, title: column } : column,
  );
}

/** One text per column: nothing for what is missing or null, JSON for lists and objects. */
export function cellsOf(record: JsonObject, columns: readonly Column[]): string[] {
  return columns.map(({ field }) => cellText(fieldAt(record, field) ?? null));
}

function cellText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

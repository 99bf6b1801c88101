import { isJsonObject, type Json } from '../../types/json.ts';

const MAX_TEXT = 2048;
const MAX_ENTRIES = 200;
const MAX_DEPTH = 6;
const MAX_BYTES = 32 * 1024;

/** A detail that fits into one line of the log: long texts, lists and maps lose their ends, and say so. */
export function boundDetail(detail: Json): Json {
  const bounded = bound(detail, 0);
  const bytes = Buffer.byteLength(JSON.stringify(bounded));
  return bytes > MAX_BYTES ? { truncated: true, bytes } : bounded;
}

/** A text that fits into one line together with a few others. */
export function boundText(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT).toWellFormed()}…` : text;
}

function bound(value: Json, depth: number): Json {
  if (typeof value === 'string') return boundText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [boundText(key), item] as const);
    return Object.fromEntries(
      cut(entries, ['…', true]).map(([key, item]) => [key, bound(item, depth + 1)]),
    );
  }
  return cut(value, '…').map((item) => bound(item, depth + 1));
}

function cut<Item>(items: readonly Item[], sign: Item): readonly Item[] {
  return items.length > MAX_ENTRIES ? [...items.slice(0, MAX_ENTRIES), sign] : items;
}

import { isJsonObject, type Json, type JsonObject } from '../../types/json.ts';

/** What nests deeper is replaced as a whole: no one reads it, and it would exhaust the stack. */
const MAX_DEPTH = 1000;

/** `redact` over every text, number and key. Parts in which it changes nothing are not copied. */
export function redactJson(value: Json, redact: (text: string) => string): Json {
  return new JsonRedaction(redact).value(value, 0);
}

class JsonRedaction {
  readonly #redact: (text: string) => string;

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  value(value: Json, depth: number): Json {
    if (typeof value === 'string') return this.#redact(value);
    if (typeof value === 'number') return this.#number(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
    return isJsonObject(value) ? this.#object(value, depth + 1) : this.#list(value, depth + 1);
  }

  /** A secret of digits may have become a number on its way. */
  #number(value: number): Json {
    const text = String(value);
    const redacted = this.#redact(text);
    return redacted === text ? value : redacted;
  }

  #list(list: Json[], depth: number): Json[] {
    let changed = false;
    const redacted = list.map((item) => {
      const safe = this.value(item, depth);
      changed ||= safe !== item;
      return safe;
    });
    return changed ? redacted : list;
  }

  #object(object: JsonObject, depth: number): JsonObject {
    let changed = false;
    const entries = new Map<string, Json>();
    for (const [key, item] of Object.entries(object)) {
      const safe = this.value(item, depth);
      const safeKey = this.#redact(key);
      changed ||= safe !== item || safeKey !== key;
      entries.set(free(safeKey, entries), safe);
    }
    return changed ? Object.fromEntries(entries) : object;
  }
}

/** Two keys that were secrets stay two. */
function free(key: string, taken: ReadonlyMap<string, unknown>): string {
  let name = key;
  for (let count = 2; taken.has(name); count++) name = `${key} (${count})`;
  return name;
}

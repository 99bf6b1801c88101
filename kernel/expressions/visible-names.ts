import { isJsonObject, type Json, type JsonObject } from '../types/json.ts';
import type { Reference } from './references.ts';

/** Which parts of a value an expression can reach: all of it, or only what lies below some keys. */
type Reach = 'all' | Map<string, Reach>;

/**
 * The names as far as the references can reach them, so that no more than that has to be copied.
 * What lies beside is null, so that an error still knows which names there are.
 */
export function visibleNames(names: JsonObject, references: readonly Reference[]): JsonObject {
  const reach = new Map<string, Reach>();
  for (const { path } of references) extend(reach, path);
  return prune(names, reach);
}

function extend(reach: Map<string, Reach>, path: readonly string[]): void {
  let at = reach;
  for (const [index, name] of path.entries()) {
    const known = at.get(name);
    if (known === 'all') return;
    if (index === path.length - 1) at.set(name, 'all');
    else {
      const below = known ?? new Map<string, Reach>();
      at.set(name, below);
      at = below;
    }
  }
}

function prune(value: JsonObject, reach: Map<string, Reach>): JsonObject {
  const entries = Object.keys(value).map((key): [string, Json] => {
    const below = reach.get(key);
    const member = value[key] as Json;
    if (below === undefined) return [key, null];
    return [key, below === 'all' || !isJsonObject(member) ? member : prune(member, below)];
  });
  return Object.fromEntries(entries);
}

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Range,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Json, JsonObject } from '../types/json.ts';
import type { ProblemList } from './problem-list.ts';
import { memberOf, type Path, type Place, pathKey, type SourceMap } from './source-map.ts';

/** How deep lists and maps may nest. */
export const MAX_DEPTH = 64;
/** How many values all aliases of a file together may expand to. */
const MAX_ALIASED_VALUES = 10_000;
/** The YAML tag of a string in which `{{` is plain text. */
export const RAW_TAG = '!raw';

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Where a node is built. */
interface Spot {
  place: Place;
  /** The node is inside what an alias stands for. */
  aliased: boolean;
  depth: number;
  /** What it is a member of, and under which key or index. */
  above?: Spot;
  step?: string | number;
}

/**
 * Turns the nodes of a YAML document into JSON, noting where each value stands. Aliases are expanded
 * up to `MAX_ALIASED_VALUES`; keys that could reach an object's prototype, duplicate keys and numbers
 * that JSON cannot hold are reported.
 */
export class ValueBuilder {
  /** Paths of strings tagged `!raw`, by `pathKey`. */
  readonly raw = new Set<string>();
  readonly #map: SourceMap;
  readonly #problems: ProblemList;
  readonly #anchors = new Map<string, unknown>();
  /** The nodes that an alias is being expanded for, or that are not complete yet. */
  readonly #open = new Set<unknown>();
  #aliasedValues = 0;
  #reportedBomb = false;

  constructor(map: SourceMap, problems: ProblemList) {
    this.#map = map;
    this.#problems = problems;
  }

  build(node: unknown): Json {
    return this.#value(node, { place: this.#map.root, aliased: false, depth: 0 });
  }

  #value(node: unknown, spot: Spot): Json {
    if (isAlias(node)) return this.#alias(node, spot);
    if (spot.aliased && ++this.#aliasedValues > MAX_ALIASED_VALUES) return null;
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
      spot.place.value = rangeOf(node);
    }
    if (isScalar(node)) return this.#scalar(node, spot);
    if (spot.depth > MAX_DEPTH) return this.#tooDeep(spot);
    if (!isMap(node) && !isSeq(node)) return null;
    this.#open.add(node);
    const value = isMap(node) ? this.#object(node, spot) : this.#list(node, spot);
    this.#open.delete(node);
    return value;
  }

  #list(node: YAMLSeq, spot: Spot): Json {
    return node.items.map((item, index) => this.#value(item, below(spot, index)));
  }

  #object(node: YAMLMap, spot: Spot): JsonObject {
    const entries = new Map<string, Json>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) {
        this.#error('yaml.key', 'a key must be plain text', rangeOf(isAlias(key) ? key : node));
        continue;
      }
      const name = String(key.value);
      if (!this.#acceptsKey(name, entries, key)) {
        if (spot.aliased && ++this.#aliasedValues > MAX_ALIASED_VALUES) break;
        continue;
      }
      const child = below(spot, name);
      child.place.key = rangeOf(key);
      entries.set(name, this.#value(value, child));
    }
    return Object.fromEntries(entries);
  }

  #acceptsKey(name: string, entries: Map<string, Json>, key: Scalar): boolean {
    if (FORBIDDEN_KEYS.has(name)) {
      this.#error('yaml.forbidden-key', `the key '${name}' is not allowed`, rangeOf(key));
      return false;
    }
    if (name.includes('\0')) {
      this.#error('yaml.forbidden-key', 'a key cannot hold the character NUL', rangeOf(key));
      return false;
    }
    if (entries.has(name)) {
      this.#error(
        'yaml.duplicate-key',
        `the key '${name}' appears twice in this map`,
        rangeOf(key),
      );
      return false;
    }
    return true;
  }

  #scalar(node: Scalar, spot: Spot): Json {
    const { value } = node;
    spot.place.scalar = node;
    if (node.tag === RAW_TAG) this.raw.add(pathKey(pathOf(spot)));
    if (typeof value === 'number') return this.#number(value, node);
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    this.#error('yaml.value', 'this value has no counterpart in JSON', rangeOf(node));
    return null;
  }

  #number(value: number, node: Scalar): Json {
    if (!Number.isFinite(value)) {
      this.#error(
        'yaml.number',
        `${node.source ?? value} is not a number that JSON can hold`,
        rangeOf(node),
      );
      return null;
    }
    if (
      Number.isInteger(value) &&
      !Number.isSafeInteger(value) &&
      /^[-+]?\d+$/.test(node.source ?? '')
    ) {
      const hint = 'put it in quotes to keep it as text';
      this.#error('yaml.number', `${node.source} would lose digits`, rangeOf(node), hint);
    }
    return value;
  }

  #alias(node: Alias, spot: Spot): Json {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      this.#error(
        'yaml.alias',
        `there is no anchor '&${node.source}' before this alias`,
        rangeOf(node),
        'put text that starts with * in quotes',
      );
      return null;
    }
    if (this.#open.has(target)) {
      const message = `the alias '*${node.source}' stands for what it is in itself`;
      this.#error('yaml.alias', message, rangeOf(node));
      return null;
    }
    const value = this.#value(target, { ...spot, aliased: true });
    if (this.#aliasedValues > MAX_ALIASED_VALUES && !this.#reportedBomb) {
      const message = `aliases expand to more than ${MAX_ALIASED_VALUES} values`;
      this.#error('yaml.alias', message, rangeOf(node));
      this.#reportedBomb = true;
    }
    return value;
  }

  #tooDeep(spot: Spot): Json {
    const message = `lists and maps nest deeper than ${MAX_DEPTH} levels`;
    this.#problems.error('yaml.depth', message, this.#map.valuePosition(pathOf(spot)));
    return null;
  }

  #error(reason: string, message: string, [start, end]: Range, hint?: string): void {
    this.#problems.error(reason, message, this.#map.positionAt(start, end - start), hint);
  }
}

function below(above: Spot, step: string | number): Spot {
  const { place, aliased, depth } = above;
  return { place: memberOf(place, step), aliased, depth: depth + 1, above, step };
}

function pathOf({ above, step }: Spot): Path {
  return above === undefined || step === undefined ? [] : [...pathOf(above), step];
}

function rangeOf(node: { range?: Range | null }): Range {
  return node.range ?? [0, 1, 1];
}

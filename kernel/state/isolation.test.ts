import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.ts';
import type { OrkError } from '../types/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../types/json.ts';
import { StateBase } from './base.ts';
import { dotted, type StatePath } from './path.ts';
import { StateView } from './view.ts';

const key = fc.constantFrom('a', 'b', 'c', '0', '1');
const path = fc.array(key, { minLength: 1, maxLength: 4 });
const value: fc.Arbitrary<Json> = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, 0, 'text'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
  ),
})).tree;
const branches = fc.dictionary(key, value, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;

interface Step {
  view: number;
  kind: 'get' | 'set';
  path: string[];
  value: Json;
}
const step: fc.Arbitrary<Step> = fc.record({
  view: fc.nat(2),
  kind: fc.constantFrom('get' as const, 'set' as const, 'set' as const),
  path,
  value,
});

/** The view as it would be without any sharing: everything copied at the start. */
class Model {
  root: JsonObject;
  /** Maps and lists that the run has not written into, by the path at which the base had them. */
  readonly untouched: Set<string>;

  constructor(given: JsonObject) {
    this.root = structuredClone(given);
    this.untouched = new Set(containersOf(given).map(dotted));
  }

  get(path: StatePath): Json | undefined {
    return path.reduce<Json | undefined>(child, this.root);
  }

  /** The branches that are copied; undefined for a write that is refused. */
  set(path: StatePath, written: Json): string[] | undefined {
    const root = structuredClone(this.root);
    let parent: Json = root;
    for (const [depth, name] of path.entries()) {
      if (typeof parent !== 'object' || parent === null) return undefined;
      if (Array.isArray(parent) && !(Number(name) <= parent.length)) return undefined;
      const last = depth === path.length - 1;
      if (last) assign(parent, name, structuredClone(written));
      else if (child(parent, name) === undefined || child(parent, name) === null) {
        assign(parent, name, {});
      }
      parent = child(parent, name) as Json;
    }
    this.root = root;
    const above = path.slice(0, -1).map((_, depth) => dotted(path.slice(0, depth + 1)));
    const copied = above.filter((branch) => this.untouched.has(branch));
    for (const branch of copied) this.untouched.delete(branch);
    const place = dotted(path);
    for (const branch of this.untouched) {
      if (branch === place || branch.startsWith(`${place}.`)) this.untouched.delete(branch);
    }
    return copied;
  }
}

function child(parent: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(parent)) return parent[Number(name)];
  return isJsonObject(parent) && Object.hasOwn(parent, name) ? parent[name] : undefined;
}

function assign(parent: Json[] | JsonObject, name: string, given: Json): void {
  if (Array.isArray(parent)) parent[Number(name)] = given;
  else parent[name] = given;
}

function containersOf(given: Json, at: string[] = []): string[][] {
  if (typeof given !== 'object' || given === null) return [];
  const below = Object.entries(given).flatMap(([name, item]) => containersOf(item, [...at, name]));
  return at.length === 0 ? below : [at, ...below];
}

test('concurrent views see what they wrote themselves and nothing of each other', () => {
  fc.assert(
    fc.property(branches, fc.array(step, { maxLength: 40 }), (given, steps) => {
      const base = new StateBase(given);
      const before = JSON.stringify(base.branches);
      const views = [0, 1, 2].map(() => new StateView(base, {}));
      const models = [0, 1, 2].map(() => new Model(given));
      const handedOut: [Json | undefined, string | undefined][] = [];
      for (const { view: index, kind, path, value } of steps) {
        const [view, model] = [views[index] as StateView, models[index] as Model];
        if (kind === 'get') {
          const got = view.get(path);
          expect(got).toEqual(model.get(path));
          handedOut.push([got, JSON.stringify(got)]);
        } else {
          expect(copiedBy(view, path, value)).toEqual(model.set(path, value));
        }
      }
      for (const [index, view] of views.entries()) {
        for (const name of ['a', 'b', 'c', '0', '1']) {
          expect(view.get([name])).toEqual(models[index]?.get([name]));
        }
      }
      for (const [got, text] of handedOut) expect(JSON.stringify(got)).toBe(text);
      expect(JSON.stringify(base.branches)).toBe(before);
    }),
    propertyRuns(300),
  );
});

/** What a write was the first to copy; undefined when it is refused for what lies in its way. */
function copiedBy(
  view: StateView,
  path: string[],
  value: Json,
  writer = 'w',
): string[] | undefined {
  try {
    return view.set(path, value, writer).map(dotted);
  } catch (error) {
    expect((error as OrkError).reason).toBe('state.not-a-map');
    return undefined;
  }
}

const writer = fc.constantFrom('mine', 'other');
const owned: fc.Arbitrary<Json> = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constant<Json>('leaf'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
  ),
})).tree;
const write = fc.record({ writer, path, value: owned });

test('what counts as written by one workload alone holds nothing of another or of the base', () => {
  fc.assert(
    fc.property(owned, fc.array(write, { maxLength: 12 }), path, (given, writes, asked) => {
      const view = new StateView(new StateBase({ a: signed(given, 'base') }), {});
      for (const { writer, path, value } of writes) {
        copiedBy(view, path, signed(value, writer), writer);
      }
      if (!view.wroteAll(asked, 'mine')) return;
      expect(new Set(leavesOf(view.get(asked)))).not.toContain('other');
      expect(new Set(leavesOf(view.get(asked)))).not.toContain('base');
    }),
    propertyRuns(300),
  );
});

test('where one workload has written everything, everything is its own', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), path, (writes, asked) => {
      const view = new StateView(new StateBase({}), {});
      for (const { path, value } of writes) copiedBy(view, path, value, 'mine');
      if (view.get(asked) !== undefined) expect(view.wroteAll(asked, 'mine')).toBe(true);
      expect(view.wroteAll(asked, 'other')).toBe(false);
    }),
    propertyRuns(300),
  );
});

/** The value with its writer's name for every leaf. */
function signed(value: Json, name: string): Json {
  return JSON.parse(JSON.stringify(value).replaceAll('"leaf"', JSON.stringify(name)));
}

function leavesOf(value: Json | undefined): Json[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [value];
  return Object.values(value).flatMap(leavesOf);
}

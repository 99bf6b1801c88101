import { type CelFunc, isCelList, isCelMap } from '@bufbuild/cel';
import type { Json } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import { viewedJson } from './json-view.ts';

/*
 * Evaluation is synchronous, so that the steps which the one running evaluation may still take can
 * stand here. Without a limit there is nothing to count.
 */
let left = Number.POSITIVE_INFINITY;

/** So many characters are copied or compared in one step. */
const CHARACTERS_PER_STEP = 32;
const FORMAT_TIME_STEPS = 100;
/** `getHours('Europe/Berlin')` and the like build a calendar at each call. */
const ZONE_STEPS = 700;

/** Ends an evaluation whose steps are used up; never seen outside this file's `limited`. */
class OutOfSteps extends Error {}

/** Counts work that is about to be done. Throws when it is more than the running evaluation may do. */
export function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new OutOfSteps('the expression is too expensive');
}

/** The result of `run`, or undefined when it needs more steps than these: then nothing of it counts. */
export function limited<T>(steps: number, run: () => T): { result: T } | undefined {
  const before = left;
  left = steps;
  try {
    const result = run();
    return left < 0 ? undefined : { result };
  } catch (error) {
    // What is thrown out of steps may have been wrapped or replaced on its way.
    if (left < 0) return undefined;
    throw error;
  } finally {
    left = before;
  }
}

/** The same function, whose calls count in proportion to what they are given. */
export function metered(func: CelFunc): CelFunc {
  const call: CelFunc['call'] = (id, target, args) => {
    const result = func.call(id, target, args);
    if (result !== undefined) spend(costOf(func.name, [target, ...args]));
    return result;
  };
  return Object.create(func, { call: { value: call } }) as CelFunc;
}

function costOf(name: string, values: unknown[]): number {
  if (name === 'size' || name === '_+_') return values.reduce<number>(addShallow, 1);
  const cost = values.reduce<number>((sum, value) => sum + weigh(value), 1);
  if (name === 'format_time') return cost + FORMAT_TIME_STEPS;
  return /^get[A-Z]/.test(name) ? cost + ZONE_STEPS : cost;
}

/** Lists know their size, and joining them counts by itself. */
function addShallow(sum: number, value: unknown): number {
  if (isCelMap(value)) return sum + value.size;
  return sum + (isCelList(value) ? 1 : weigh(value));
}

/** How much there is of a CEL value, in steps; it stops counting beyond what is left. */
function weigh(root: unknown): number {
  let weight = 0;
  const pending: unknown[] = [root];
  while (pending.length > 0 && weight <= left) {
    const value = pending.pop();
    weight += 1 + lengthOf(value) / CHARACTERS_PER_STEP;
    if (typeof value !== 'object' || value === null) continue;
    const json = viewedJson(value);
    if (json !== undefined) weight += weighJson(json);
    else if (isCelList(value)) for (const element of value) pending.push(element);
    else if (isCelMap(value)) for (const entry of value) pending.push(...entry);
  }
  return weight;
}

function weighJson(root: Json): number {
  let weight = 0;
  const pending: Json[] = [root];
  while (pending.length > 0 && weight <= left) {
    const value = pending.pop();
    weight += 1 + lengthOf(value) / CHARACTERS_PER_STEP;
    if (Array.isArray(value)) for (const element of value) pending.push(element);
    else if (isJsonObject(value)) for (const key in value) pending.push(key, value[key] as Json);
  }
  return weight;
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 0;
}

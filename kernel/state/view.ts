import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import type { StateBase } from './base.ts';
import {
  checkPath,
  childOf,
  dotted,
  indexOf,
  KERNEL_BRANCH,
  lookUp,
  type StatePath,
} from './path.ts';
import {
  copyShallow,
  copyValue,
  emptyMap,
  freeze,
  isContainer,
  MAP_WEIGHT,
  MAX_VALUE_BYTES,
  measure,
  type ValueLimits,
} from './value.ts';
import { WriteLedger } from './write-ledger.ts';

export interface ViewOptions {
  /** The weight of all that one run may write. */
  maxWeight?: number;
}

const WRITE_LIMITS: ValueLimits = { bytes: MAX_VALUE_BYTES, depth: 64, checkKeys: true };
/** A summary is as large as it is; only what would exhaust the stack is not shown. */
const ENTRY_LIMITS: ValueLimits = { bytes: Number.MAX_SAFE_INTEGER, depth: 1000, checkKeys: false };
const MAX_WEIGHT = 64 * 1024 * 1024;

/**
 * One run's view of its playbook's state. It shares every branch with the base until the run writes to it: then
 * the maps and lists on the way to what is written are copied, once, and nothing else is. No other view sees it.
 */
export class StateView {
  /** Maps and lists that are not frozen were made here and have not been handed out: they may change in place. */
  readonly #root: JsonObject;
  readonly #base: StateBase;
  readonly #ledger = new WriteLedger();
  readonly #maxWeight: number;
  /** Results that nobody has asked for yet. */
  readonly #unread = new Map<string, JsonObject>();

  /** `kernel` becomes `_ork`, with a `workloads` that follows `recordWorkload`. */
  constructor(base: StateBase, kernel: JsonObject, options: ViewOptions = {}) {
    this.#base = base;
    this.#root = copyShallow(base.branches);
    this.#root[KERNEL_BRANCH] = copyValue({ ...kernel, workloads: {} });
    this.#maxWeight = options.maxWeight ?? MAX_WEIGHT;
  }

  /**
   * What lies at a path, frozen; undefined when there is nothing. Throws `invalid-argument`, reason
   * `state.bad-path`.
   */
  get(path: StatePath): Json | undefined {
    checkPath(path);
    if (path[0] === KERNEL_BRANCH) this.#enterResults(path[1], path[2]);
    const found = lookUp(this.#root, path);
    return found === undefined ? undefined : freeze(found);
  }

  /**
   * Writes a copy of the value, and makes the maps that are missing on the way. A write that is refused changes
   * nothing: `denied`, reason `state.kernel-owned`; `invalid-argument`, reason `state.bad-path` or
   * `state.bad-value`; `failed-precondition`, reason `state.not-a-map`; `resource-exhausted`, reason
   * `state.value-too-large`, `state.value-too-deep` or `state.full`.
   *
   * Returns the branches of the base that this write was the first to copy.
   */
  set(path: StatePath, value: Json, writer: string): StatePath[] {
    checkPath(path);
    if (path[0] === KERNEL_BRANCH) throw kernelOwned(path);
    const { weight } = measure(value, WRITE_LIMITS);
    const existing = this.#existingOf(path);
    // What the write creates on the way is the writer's too.
    const marked = path.slice(0, existing + 1);
    this.#keepAccount(marked, writer, weight + (path.length - marked.length) * MAP_WEIGHT);
    return this.#write(path, copyValue(value));
  }

  /** Whether all that lies at a path was written in this run by one workload, and by no other since. */
  wroteAll(path: StatePath, writer: string): boolean {
    return this.#ledger.wroteAll(path, writer);
  }

  /** Makes a workload's result, which must not change any more, what `_ork.workloads.NAME` shows. */
  recordWorkload(name: string, entry: JsonObject): void {
    this.#unread.set(name, entry);
  }

  /** How many keys of the path but the last lead to a map or list that is there. */
  #existingOf(path: StatePath): number {
    let parent: Json = this.#root;
    for (const [depth, key] of path.entries()) {
      if (Array.isArray(parent)) checkIndex(parent, path.slice(0, depth + 1));
      const child: Json | undefined = childOf(parent, key);
      if (depth === path.length - 1 || child === undefined || child === null) return depth;
      if (!isContainer(child)) throw notAMap(path.slice(0, depth + 1));
      parent = child;
    }
    return 0;
  }

  #keepAccount(path: StatePath, writer: string, weight: number): void {
    if (this.#ledger.totalWith(path, weight) > this.#maxWeight) throw full(this.#maxWeight);
    this.#ledger.record(path, writer, weight);
  }

  #write(path: StatePath, value: Json): StatePath[] {
    const copied: StatePath[] = [];
    let parent: Json[] | JsonObject = this.#root;
    for (const [depth, key] of path.slice(0, -1).entries()) {
      const child = childOf(parent, key);
      if (isContainer(child) && this.#base.owns(child)) copied.push(path.slice(0, depth + 1));
      parent = this.#enter(parent, key, child);
    }
    put(parent, path.at(-1) as string, value);
    return copied;
  }

  /** The map or list below `parent`, as one that may change in place. */
  #enter(parent: Json[] | JsonObject, key: string, child: Json | undefined): Json[] | JsonObject {
    if (isContainer(child) && !Object.isFrozen(child)) return child;
    const copy = isContainer(child) ? copyShallow(child) : emptyMap();
    put(parent, key, copy);
    return copy;
  }

  /** Brings what a path below `_ork` leads to from where it waits into the tree. */
  #enterResults(branch = 'workloads', name: string | undefined): void {
    if (branch !== 'workloads') return;
    for (const workload of name === undefined ? [...this.#unread.keys()] : [name]) {
      const entry = this.#unread.get(workload);
      if (entry === undefined) continue;
      measure(entry, ENTRY_LIMITS);
      this.#write([KERNEL_BRANCH, 'workloads', workload], copyValue(entry));
      this.#unread.delete(workload);
    }
  }
}

function put(parent: Json[] | JsonObject, key: string, value: Json): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else parent[key] = value;
}

/** An element may be replaced, or one added at the end. */
function checkIndex(list: Json[], path: StatePath): void {
  const index = indexOf(path.at(-1) as string);
  if (index !== undefined && index <= list.length) return;
  throw new OrkError(
    'failed-precondition',
    `${dotted(path)}: there is a list, and it has no such place`,
    {
      reason: 'state.not-a-map',
      hint: `the last key must be an index from 0 to ${list.length}`,
    },
  );
}

function notAMap(path: StatePath): OrkError {
  return new OrkError('failed-precondition', `${dotted(path)} is neither a map nor a list`, {
    reason: 'state.not-a-map',
    hint: 'write a map there first, or to another path',
  });
}

function kernelOwned(path: StatePath): OrkError {
  return new OrkError('denied', `${dotted(path)} belongs to the kernel`, {
    reason: 'state.kernel-owned',
    hint: `write to a branch other than ${KERNEL_BRANCH}`,
  });
}

function full(limit: number): OrkError {
  return new OrkError(
    'resource-exhausted',
    `the run has written as much state as it may: about ${Math.floor(limit / 1024 / 1024)} MiB`,
    { reason: 'state.full', hint: 'hand large data on as records of a stream, or in files' },
  );
}

import type { JsonObject } from '../types/json.ts';
import { copyValue, freeze, isContainer } from './value.ts';

/** A playbook's state as its runs find it: nothing can change it, any number of views share it. */
export class StateBase {
  readonly branches: JsonObject;
  readonly #parts = new WeakSet<object>();

  /** Keeps a copy of the branches. */
  constructor(branches: JsonObject) {
    this.branches = freeze(copyValue(branches)) as JsonObject;
    this.#enter(this.branches);
  }

  /** Whether this very map or list is a part of the base. */
  owns(part: object): boolean {
    return this.#parts.has(part);
  }

  #enter(part: object): void {
    this.#parts.add(part);
    for (const child of Object.values(part)) if (isContainer(child)) this.#enter(child);
  }
}

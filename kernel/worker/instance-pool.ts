import type { Component, ComponentInstance } from './component.ts';

const MAX_CALLS = 1000;
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;

/** The idle instances of one component. Only modules whose manifest says `reusable` share them. */
export class InstancePool {
  readonly #component: Component;
  readonly #idle: ComponentInstance[] = [];
  #unused: Promise<ComponentInstance> | undefined;

  constructor(component: Component) {
    this.#component = component;
  }

  /** An instance that no other call uses: an idle one if `reusable`, else a fresh one. */
  async take(reusable: boolean): Promise<ComponentInstance> {
    const idle = reusable ? this.#idle.pop() : undefined;
    if (idle !== undefined) return idle;
    const unused = this.#unused;
    this.#unused = undefined;
    return unused ?? this.#make();
  }

  /** Makes an instance ahead of the first call. */
  warm(): void {
    this.#unused ??= this.#make();
    this.#unused.catch(() => {});
  }

  async #make(): Promise<ComponentInstance> {
    const fresh = await this.#component.instantiate();
    // Instances made without a turn of the event loop in between are never collected.
    await new Promise((resolve) => setImmediate(resolve));
    return fresh;
  }

  /** Keeps an instance for the next call, unless it has served or grown enough. */
  giveBack(instance: ComponentInstance): void {
    if (instance.calls >= MAX_CALLS || instance.growth > MAX_GROWTH_BYTES) return;
    this.#idle.push(instance);
  }
}

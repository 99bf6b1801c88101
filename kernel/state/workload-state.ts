import { OrkError } from '../types/errors.ts';
import type { Json } from '../types/json.ts';
import { checkPath, type StatePath } from './path.ts';
import { type AccessPolicy, grantFor, notGranted, readOnly } from './policy.ts';
import type { StateView } from './view.ts';

/** One use of the state, as the policy decided it. */
export interface StateAccess {
  workload: string;
  operation: 'get' | 'set';
  path: StatePath;
  /** What allows it: an entry of `read`, `own-write` or `copy_on_write`; or the reason of the refusal. */
  decision: { granted: string } | { denied: string };
}

/** Who hears of what the policy decides. */
export interface StateListener {
  /** The first use of each kind: further ones that the same rule allows or refuses are not told. */
  onAccess(access: StateAccess): void;
  /** A map or list of the base was copied, for this run, for the first time. */
  onBranchCopied(workload: string, path: StatePath): void;
}

/** A module that tries one path after the other is told of this many times. */
const MAX_TOLD_DENIALS = 100;

/** What one workload sees of its run's view: its `state_policy` stands in front. */
export class WorkloadState {
  readonly #view: StateView;
  readonly #workload: string;
  readonly #policy: AccessPolicy;
  readonly #listener: StateListener;
  readonly #told = new Set<string>();
  #denials = 0;

  constructor(view: StateView, workload: string, policy: AccessPolicy, listener: StateListener) {
    this.#view = view;
    this.#workload = workload;
    this.#policy = policy;
    this.#listener = listener;
  }

  /**
   * What lies at a path, frozen; undefined when there is nothing. Throws `denied`, reason `state.not-granted`, for
   * what the policy's `read` does not name and the workload did not write itself.
   */
  get(path: StatePath): Json | undefined {
    checkPath(path);
    const grant = grantFor(path, this.#policy) ?? this.#grantByWriting(path);
    if (grant === undefined)
      throw this.#deny('get', path, notGranted(path, this.#workload, this.#policy));
    const found = this.#view.get(path);
    this.#allow('get', path, grant);
    return found;
  }

  /** Writes for this run only. Throws `denied`, reason `state.read-only`, and what `StateView.set` throws. */
  set(path: StatePath, value: Json): void {
    checkPath(path);
    if (this.#policy.access === 'read_only') {
      throw this.#deny('set', path, readOnly(path, this.#workload));
    }
    let copied: StatePath[];
    try {
      copied = this.#view.set(path, value, this.#workload);
    } catch (error) {
      if (error instanceof OrkError && error.code === 'denied') this.#deny('set', path, error);
      throw error;
    }
    this.#allow('set', path, 'copy_on_write');
    for (const branch of copied) this.#listener.onBranchCopied(this.#workload, branch);
  }

  #grantByWriting(path: StatePath): string | undefined {
    return this.#view.wroteAll(path, this.#workload) ? 'own-write' : undefined;
  }

  #allow(operation: StateAccess['operation'], path: StatePath, granted: string): void {
    if (this.#isNew(`${operation} ${granted}`)) this.#tell(operation, path, { granted });
  }

  #deny(operation: StateAccess['operation'], path: StatePath, error: OrkError): OrkError {
    const denied = error.reason;
    if (
      this.#denials < MAX_TOLD_DENIALS &&
      this.#isNew(JSON.stringify([operation, denied, path]))
    ) {
      this.#denials++;
      this.#tell(operation, path, { denied });
    }
    return error;
  }

  #isNew(kind: string): boolean {
    if (this.#told.has(kind)) return false;
    this.#told.add(kind);
    return true;
  }

  #tell(
    operation: StateAccess['operation'],
    path: StatePath,
    decision: StateAccess['decision'],
  ): void {
    this.#listener.onAccess({ workload: this.#workload, operation, path, decision });
  }
}

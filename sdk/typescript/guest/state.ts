import type { Json } from '../../../kernel/types/json.ts';
import { hostCall } from '../errors.ts';
import type { StateHost } from '../host.ts';
import { wellFormed } from './well-formed.ts';

/** The run's view of the playbook's state. */
export interface State {
  /** `undefined` when nothing is there. */
  get(...path: string[]): Json | undefined;
  /** Visible in this run only. */
  set(path: string[], value: Json): void;
}

export function createState(host: StateHost): State {
  return {
    get(...path) {
      const found = hostCall(() => host.get(path.map(wellFormed)));
      return found == null ? undefined : (JSON.parse(found) as Json);
    },
    set(path, value) {
      hostCall(() => host.set(path.map(wellFormed), JSON.stringify(value)));
    },
  };
}

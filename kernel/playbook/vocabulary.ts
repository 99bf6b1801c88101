import type { Json, JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import type { ProblemList } from './problem-list.ts';
import type { Path, SourceMap } from './source-map.ts';

/** Keys of the language that this version does not execute, by the kind of map they stand in. */
const NOT_YET: Record<Level, string[]> = {
  playbook: ['inputs', 'concurrency', 'state_policy'],
  workload: ['loop', 'loop_control', 'retry', 'finally', 'on_crash', 'state_policy'],
  lifecycle: [],
  process: [],
  security_context: ['seccomp_profile_path', 'resource_limits', 'namespaces', 'network', 'run_as'],
  stream_policy: [],
};

/** Words of earlier designs, and keys that people put one level too high. */
const RENAMED: Record<Level, Record<string, string>> = {
  playbook: { tasks: 'workloads' },
  workload: {
    type: 'process.module',
    module: 'process.module',
    params: 'process.params',
    policy: 'lifecycle.policy',
  },
  lifecycle: {},
  process: { type: 'module' },
  security_context: {},
  stream_policy: {},
};

/** Fields of a lifecycle that belong to one policy. */
const FIELDS_OF_POLICY: Record<string, string[]> = {
  supervise: ['restart_policy', 'backoff', 'burst', 'stop', 'readiness', 'liveness'],
  event_driven: ['source', 'max_instances', 'queue', 'isolation'],
  scheduled: ['cron', 'timezone', 'overlap', 'catch_up'],
};

const OVERFLOWS_NOT_YET = ['drop_new', 'drop_old', 'fail'];

type Level =
  | 'playbook'
  | 'workload'
  | 'lifecycle'
  | 'process'
  | 'security_context'
  | 'stream_policy';

const LEVELS_BELOW = new Map<string, Level>([
  ['lifecycle', 'lifecycle'],
  ['process', 'process'],
  ['security_context', 'security_context'],
  ['stream_policy', 'stream_policy'],
]);

/**
 * Reports words that belong to the language, or did once, but not to what this version executes, and
 * returns the playbook without them, so that the schema does not report them again.
 */
export function refuseUnavailable(
  playbook: JsonObject,
  map: SourceMap,
  problems: ProblemList,
): JsonObject {
  return new Vocabulary(map, problems).playbook(playbook);
}

class Vocabulary {
  readonly #map: SourceMap;
  readonly #problems: ProblemList;

  constructor(map: SourceMap, problems: ProblemList) {
    this.#map = map;
    this.#problems = problems;
  }

  playbook(playbook: JsonObject): JsonObject {
    const kept = this.#sift(playbook, 'playbook', []);
    if (Array.isArray(kept['workloads'])) {
      kept['workloads'] = kept['workloads'].map((workload, index) =>
        isJsonObject(workload) ? this.#sift(workload, 'workload', ['workloads', index]) : workload,
      );
    }
    return kept;
  }

  /** A map without the words that were reported, those of the maps right below it included. */
  #sift(object: JsonObject, level: Level, path: Path): JsonObject {
    const kept: JsonObject = {};
    for (const [key, value] of Object.entries(object)) {
      if (this.#refuses(key, level, path)) continue;
      const below = LEVELS_BELOW.get(key);
      kept[key] = below && isJsonObject(value) ? this.#below(value, below, [...path, key]) : value;
    }
    return kept;
  }

  #below(object: JsonObject, level: Level, path: Path): JsonObject {
    const kept = this.#sift(object, level, path);
    if (level === 'lifecycle') return this.#lifecycle(kept, path);
    if (level === 'security_context') this.#refuseSandbox(kept, path);
    if (level === 'stream_policy') this.#refuseOverflow(kept, path);
    return kept;
  }

  #refuses(key: string, level: Level, path: Path): boolean {
    const position = this.#map.keyPosition([...path, key]);
    const renamed = Object.hasOwn(RENAMED[level], key) ? RENAMED[level][key] : undefined;
    if (renamed !== undefined) {
      this.#problems.error('playbook.renamed', `\`${key}\` is now \`${renamed}\``, position);
      return true;
    }
    if (!NOT_YET[level].includes(key)) return false;
    this.#notAvailable(`\`${key}\``, position);
    return true;
  }

  #lifecycle(lifecycle: JsonObject, path: Path): JsonObject {
    const policy = lifecycle['policy'];
    const isOther = typeof policy === 'string' && Object.hasOwn(FIELDS_OF_POLICY, policy);
    if (isOther) {
      const message = `\`ork run\` only runs run_once workloads; this one is ${policy} and needs the daemon`;
      const position = this.#map.valuePosition([...path, 'policy']);
      this.#problems.error('playbook.needs-daemon', message, position);
    }
    const kept: JsonObject = {};
    for (const [key, value] of Object.entries(lifecycle)) {
      const owner = Object.keys(FIELDS_OF_POLICY).find((name) =>
        FIELDS_OF_POLICY[name]?.includes(key),
      );
      if (owner === undefined) kept[key] = value;
      else if (!isOther) this.#refuseForeignField(key, owner, [...path, key]);
    }
    if (isOther) kept['policy'] = 'run_once';
    return kept;
  }

  #refuseForeignField(key: string, owner: string, path: Path): void {
    const message = `\`${key}\` belongs to the ${owner} policy, not to run_once`;
    this.#problems.error('playbook.foreign-field', message, this.#map.keyPosition(path));
  }

  #refuseSandbox(context: JsonObject, path: Path): void {
    if (context['sandbox'] !== 'required') return;
    delete context['sandbox'];
    const message =
      '`sandbox: required` cannot be enforced by this version, which has no sandbox helper yet';
    const hint = 'leave it out to run with what this version can enforce';
    const position = this.#map.valuePosition([...path, 'sandbox']);
    this.#problems.error('playbook.unavailable', message, position, hint);
  }

  #refuseOverflow(policy: JsonObject, path: Path): void {
    const overflow: Json | undefined = policy['overflow'];
    if (typeof overflow !== 'string' || !OVERFLOWS_NOT_YET.includes(overflow)) return;
    delete policy['overflow'];
    this.#notAvailable(`\`overflow: ${overflow}\``, this.#map.valuePosition([...path, 'overflow']));
  }

  #notAvailable(what: string, position: ReturnType<SourceMap['keyPosition']>): void {
    const message = `${what} is part of the language but not available in this version`;
    this.#problems.error('playbook.unavailable', message, position);
  }
}

const RENAMED_MODULES: Record<string, string> = {
  'generate:from_list': 'data:generate_from_list',
  'stream:join': 'data:join',
  'control:assert': 'test:assert',
};

/** The new name of a module that was renamed, or undefined. */
export function renamedModule(name: string): string | undefined {
  return Object.hasOwn(RENAMED_MODULES, name) ? RENAMED_MODULES[name] : undefined;
}

import type { JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import type { ProblemList } from './problem-list.ts';
import { LIFECYCLE_SHAPES } from './schema-lifecycle.ts';
import type { Path, SourceMap } from './source-map.ts';

type Level = 'playbook' | 'workload' | 'process';

/** Words of earlier designs. */
const RENAMED: Record<Level, Record<string, string>> = {
  playbook: { tasks: 'workloads' },
  workload: { type: 'process.module' },
  process: { type: 'module' },
};

/** The policies, each with the fields that only it knows. */
const FIELDS_OF_POLICY = Object.entries(LIFECYCLE_SHAPES).map(([policy, shape]) => ({
  policy,
  fields: Object.keys(shape).filter((field) => field !== 'policy'),
}));

/** Keys that people put one level too high, and the key that they belong under. */
const MISPLACED: Record<string, string> = {
  module: 'process',
  params: 'process',
  policy: 'lifecycle',
  ...Object.fromEntries(
    FIELDS_OF_POLICY.flatMap(({ fields }) => fields).map((field) => [field, 'lifecycle']),
  ),
};

/** Fields of a workload that make no sense for something that is kept running. */
const NEVER_SUPERVISED = [
  'when',
  'loop',
  'loop_control',
  'retry',
  'register',
  'ignore_errors',
  'on_crash',
];

/**
 * Reports old words, and fields that do not belong to the workload's policy, and returns the playbook without
 * them, so that the schema does not report them again.
 */
export function refuseForeignWords(
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
        isJsonObject(workload) ? this.#workload(workload, ['workloads', index]) : workload,
      );
    }
    return kept;
  }

  #workload(workload: JsonObject, path: Path): JsonObject {
    const kept = this.#sift(workload, 'workload', path);
    const { process, lifecycle } = kept;
    if (isJsonObject(process))
      kept['process'] = this.#sift(process, 'process', [...path, 'process']);
    if (!isJsonObject(lifecycle)) return kept;
    kept['lifecycle'] = this.#lifecycle(lifecycle, [...path, 'lifecycle']);
    return lifecycle['policy'] === 'supervise' ? this.#supervised(kept, path) : kept;
  }

  /** A map without words that were renamed or belong elsewhere. */
  #sift(object: JsonObject, level: Level, path: Path): JsonObject {
    return this.#without(object, (key) => {
      const advice = adviceOn(key, level);
      if (advice === undefined) return false;
      const position = this.#map.keyPosition([...path, key]);
      this.#problems.error('playbook.renamed', `\`${key}\` ${advice}`, position);
      return true;
    });
  }

  #lifecycle(lifecycle: JsonObject, path: Path): JsonObject {
    const { policy } = lifecycle;
    const own = FIELDS_OF_POLICY.find((entry) => entry.policy === policy);
    if (own === undefined) return lifecycle;
    return this.#without(lifecycle, (key) => {
      const owner = FIELDS_OF_POLICY.find(({ fields }) => fields.includes(key));
      if (owner === undefined || own.fields.includes(key)) return false;
      this.#foreignField(`\`${key}\` belongs to the ${owner.policy} policy, not to ${policy}`, [
        ...path,
        key,
      ]);
      return true;
    });
  }

  #supervised(workload: JsonObject, path: Path): JsonObject {
    return this.#without(workload, (key) => {
      if (!NEVER_SUPERVISED.includes(key)) return false;
      const message = `\`${key}\` has no meaning on a supervised workload, which is kept running`;
      this.#foreignField(message, [...path, key]);
      return true;
    });
  }

  #foreignField(message: string, path: Path): void {
    this.#problems.error('playbook.foreign-field', message, this.#map.keyPosition(path));
  }

  #without(object: JsonObject, refuses: (key: string) => boolean): JsonObject {
    return Object.fromEntries(Object.entries(object).filter(([key]) => !refuses(key)));
  }
}

function adviceOn(key: string, level: Level): string | undefined {
  const renamed = RENAMED[level];
  if (Object.hasOwn(renamed, key)) return `is now \`${renamed[key]}\``;
  if (level !== 'workload' || !Object.hasOwn(MISPLACED, key)) return undefined;
  return `belongs under \`${MISPLACED[key]}\``;
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

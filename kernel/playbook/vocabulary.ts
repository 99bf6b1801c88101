import type { Json, JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import type { ProblemList } from './problem-list.ts';
import { LIFECYCLE_SHAPES } from './schema-lifecycle.ts';
import { type Path, pathKey, type SourceMap } from './source-map.ts';

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

/** A playbook without the words that were refused, so that the schema does not report them again. */
export interface KnownWords {
  playbook: JsonObject;
  /** Where the refused words belong: what is missing there has been told. By `pathKey`. */
  meant: ReadonlySet<string>;
}

/** Reports old words, misplaced ones, and fields that do not belong to the workload's policy. */
export function refuseForeignWords(
  playbook: JsonObject,
  map: SourceMap,
  problems: ProblemList,
): KnownWords {
  const vocabulary = new Vocabulary(map, problems);
  return { playbook: vocabulary.playbook(playbook), meant: vocabulary.meant };
}

class Vocabulary {
  readonly #map: SourceMap;
  readonly #problems: ProblemList;
  readonly meant = new Set<string>();

  constructor(map: SourceMap, problems: ProblemList) {
    this.#map = map;
    this.#problems = problems;
  }

  playbook(playbook: JsonObject): JsonObject {
    const kept = this.#sift(playbook, 'playbook', []);
    // Who writes one old word writes the others as well.
    this.#workloads(playbook['tasks'] ?? null, ['tasks']);
    const { workloads } = kept;
    return workloads === undefined
      ? kept
      : { ...kept, workloads: this.#workloads(workloads, ['workloads']) };
  }

  #workloads(workloads: Json, path: Path): Json {
    if (!Array.isArray(workloads)) return workloads;
    return workloads.map((workload, index) =>
      isJsonObject(workload) ? this.#workload(workload, [...path, index]) : workload,
    );
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
      this.#problems.error('playbook.renamed', `\`${key}\` ${advice.text}`, position);
      for (const [index] of advice.place.entries()) {
        this.meant.add(pathKey([...path, ...advice.place.slice(0, index + 1)]));
      }
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

/** What to say of a refused word, and where the right one belongs. */
function adviceOn(key: string, level: Level): { text: string; place: string[] } | undefined {
  const renamed = ownValue(RENAMED[level], key);
  if (renamed !== undefined) return { text: `is now \`${renamed}\``, place: renamed.split('.') };
  const owner = level === 'workload' ? ownValue(MISPLACED, key) : undefined;
  return owner === undefined
    ? undefined
    : { text: `belongs under \`${owner}\``, place: [owner, key] };
}

function ownValue(words: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

const RENAMED_MODULES: Record<string, string> = {
  'generate:from_list': 'data:generate_from_list',
  'stream:join': 'data:join',
  'control:assert': 'test:assert',
};

/** The new name of a module that was renamed, or undefined. */
export function renamedModule(name: string): string | undefined {
  return ownValue(RENAMED_MODULES, name);
}

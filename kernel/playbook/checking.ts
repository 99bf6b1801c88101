import { didYouMean } from '../expressions/nearest.ts';
import type { Json } from '../types/json.ts';
import type { ModuleManifest } from '../types/manifest.ts';
import type { DraftPlaybook, DraftWorkload } from './draft.ts';
import type { Inspections } from './inspections.ts';
import type { LoadedPlaybook } from './load.ts';
import type { Edge, SourcePosition } from './model.ts';
import { effectiveManifest } from './pipeline.ts';
import type { ProblemList } from './problem-list.ts';
import type { Path } from './source-map.ts';

/** The modules that a playbook can name. */
export interface Catalog {
  find(name: string): ModuleManifest | undefined;
  names(): string[];
}

/** What every check of a playbook works with. */
export interface Checking {
  loaded: LoadedPlaybook;
  draft: DraftPlaybook;
  catalog: Catalog;
  problems: ProblemList;
  inspections: Inspections;
  /** "did you mean 'x'?" for the nearest candidate; undefined when none is close. */
  suggest(name: string, candidates: Iterable<string>): string | undefined;
}

/** So many names are compared for suggestions in one playbook; that takes less than a second. */
const MAX_COMPARISONS = 100_000;

/** Suggests names until it has compared too many: a playbook full of mistakes may not cost minutes. */
export function suggester(budget = MAX_COMPARISONS): Checking['suggest'] {
  let compared = 0;
  return (name, candidates) => {
    if (compared >= budget) return undefined;
    const names = [...candidates];
    compared += names.length;
    return didYouMean(name, names);
  };
}

/** What holds for a workload by its module, and for a pipeline by its steps. */
export function manifestOf(
  { module, params }: DraftWorkload,
  { catalog }: Checking,
): ModuleManifest | undefined {
  if (module === undefined) return undefined;
  return effectiveManifest(module, params, (name) => catalog.find(name));
}

/** An edge with the place in the playbook that asks for it. */
export interface TracedEdge extends Edge {
  position: SourcePosition;
}

/** A string of a playbook, with its place. */
export interface PlacedText {
  path: Path;
  text: string;
}

/** Every string in a value, in the order of the file. */
export function* stringsIn(value: Json, path: Path): Generator<PlacedText> {
  if (typeof value === 'string') yield { path, text: value };
  if (typeof value !== 'object' || value === null) return;
  const members = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [step, member] of members) yield* stringsIn(member, [...path, step]);
}

/** How a path relates to a manifest's pattern such as `fields.*`, where `*` is any one key. */
type PatternMatch = 'none' | 'above' | 'within';

/** `within`: at the place the pattern names or below it; `above`: around that place. */
function matchPattern(pattern: string, path: Path): PatternMatch {
  const parts = pattern.split('.');
  const common = Math.min(parts.length, path.length);
  for (let index = 0; index < common; index++) {
    if (parts[index] !== '*' && parts[index] !== String(path[index])) return 'none';
  }
  return path.length >= parts.length ? 'within' : 'above';
}

/** The closest relation of a path to any of several patterns. */
export function matchPatterns(patterns: string[], path: Path): PatternMatch {
  const matches = patterns.map((pattern) => matchPattern(pattern, path));
  if (matches.includes('within')) return 'within';
  return matches.includes('above') ? 'above' : 'none';
}

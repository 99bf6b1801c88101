import type { z } from 'zod';
import { nearest } from '../expressions/nearest.ts';
import type { Json } from '../types/json.ts';
import { type Path, pathKey } from './source-map.ts';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with a value, in words for people. */
export interface Finding {
  path: Path;
  /** Whether the key at `path` is wrong or the value under it. */
  place: 'key' | 'value';
  message: string;
  hint?: string;
  /** The kinds that callers tell apart. */
  kind: 'unknown-key' | 'required' | 'invalid';
  /** Of an unknown key, the one that was probably meant. */
  meant?: string;
}

export interface Wording {
  /** How a path is written in a message: `params.command`, or `` `timeout` ``. */
  label(path: Path): string;
  /** The keys that are known in the map at a path. */
  knownKeys(path: Path): string[];
}

/** Words the issues that zod found in `root`. A key that is only misspelled is not said to be missing as well. */
export function explainIssues(issues: readonly Issue[], root: Json, wording: Wording): Finding[] {
  const findings = issues.flatMap((issue) => explainIssue(issue, root, wording));
  const meant = new Set(
    findings.flatMap(({ path, meant: key }) =>
      key === undefined ? [] : [pathKey([...path.slice(0, -1), key])],
    ),
  );
  return findings.filter(({ kind, path }) => kind !== 'required' || !meant.has(pathKey(path)));
}

function explainIssue(issue: Issue, root: Json, wording: Wording): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    const known = wording.knownKeys(path);
    const present = new Set(Object.keys(valueAt(root, path) ?? {}));
    const free = known.filter((name) => !present.has(name));
    return issue.keys.map((key) => unknownKey([...path, key], key, known, free));
  }
  const value = valueAt(root, path);
  if (value === undefined) return [missing(path, issue, wording)];
  if (issue.code === 'invalid_union') return explainUnion(issue, path, value, root, wording);
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) =>
      invalid(path, `${label(path, wording)}${inner.message}`, 'key'),
    );
  }
  return [invalid(path, withLabel(path, describe(issue, value), wording))];
}

function unknownKey(path: Path, key: string, known: string[], free: string[]): Finding {
  const message = `unknown key '${key}'`;
  const finding: Finding = { path, place: 'key', message, kind: 'unknown-key' };
  const meant = nearest(key, free);
  if (meant !== undefined) return { ...finding, meant, hint: `did you mean '${meant}'?` };
  return known.length > 0 ? { ...finding, hint: `known are: ${known.join(', ')}` } : finding;
}

function missing(path: Path, issue: Issue, wording: Wording): Finding {
  const finding: Finding = {
    path,
    place: 'key',
    message: `${label(path, wording)} is required`,
    kind: 'required',
  };
  if (issue.code === 'invalid_value') return { ...finding, hint: oneOf(issue.values) };
  const choice = issue.code === 'invalid_union' && isOwnMessage(issue.message);
  return choice ? { ...finding, hint: `it ${issue.message}` } : finding;
}

/**
 * Of a union, the branch that fits best speaks: the one with the fewest mistakes that is at least of the
 * right type. When no branch has the right type, the types are listed.
 */
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  value: Json,
  root: Json,
  wording: Wording,
): Finding[] {
  if (isOwnMessage(issue.message)) return [invalid(path, withLabel(path, issue.message, wording))];
  const fitting = issue.errors.filter((branch) => !branch.some(isWrongType));
  if (fitting.length === 0) {
    const types = issue.errors.flatMap((branch) => branch.filter(isWrongType).map(expectedType));
    const expected = [...new Set(types)].join(' or ');
    const message = `expected ${expected || 'another type'}, got ${typeOf(value)}`;
    return [invalid(path, withLabel(path, message, wording))];
  }
  const best = fitting.toSorted((a, b) => mistakes(a) - mistakes(b))[0] ?? [];
  return best.flatMap((inner) =>
    explainIssue({ ...inner, path: [...path, ...inner.path] } as Issue, root, wording),
  );
}

/** A wrong discriminator weighs more than anything else: such a branch was not meant. */
function mistakes(branch: readonly Issue[]): number {
  return branch.reduce((sum, { code }) => sum + (code === 'invalid_value' ? 100 : 1), 0);
}

function isWrongType(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function expectedType(issue: Issue): string {
  return issue.code === 'invalid_type' ? typeName(issue.expected) : '';
}

function describe(issue: Issue, value: Json): string {
  switch (issue.code) {
    case 'invalid_type':
      return isOwnMessage(issue.message)
        ? issue.message
        : `expected ${typeName(issue.expected)}, got ${typeOf(value)}`;
    case 'invalid_value':
      return isOwnMessage(issue.message) ? issue.message : `must be ${oneOf(issue.values)}`;
    case 'too_small':
      return isOwnMessage(issue.message)
        ? issue.message
        : `must ${bound(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'at most', issue.maximum)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return isOwnMessage(issue.message)
        ? issue.message
        : `does not have the format ${issue.format}`;
    default:
      return issue.message;
  }
}

/** zod's own messages all start in one of these ways; ours do not. */
function isOwnMessage(message: string): boolean {
  return !/^(?:Invalid|Too small|Too big|Unrecognized)/.test(message);
}

function bound(origin: string, word: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${word} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `have ${word} ${limit} items`;
  return `be ${word} ${limit}`;
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return words.length === 1 ? `${words[0]}` : `one of ${words.join(', ')}`;
}

function withLabel(path: Path, message: string, wording: Wording): string {
  const name = label(path, wording);
  if (message.startsWith(':')) return `${name}${message}`;
  return message.startsWith('expected') ? `${name}: ${message}` : `${name} ${message}`;
}

function label(path: Path, wording: Wording): string {
  return wording.label(path);
}

function invalid(path: Path, message: string, place: Finding['place'] = 'value'): Finding {
  return { path, place, message, kind: 'invalid' };
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    array: 'list',
    record: 'map',
    object: 'map',
    int: 'integer',
  };
  return names[expected] ?? expected;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : typeof value;
}

/** The value at a path; undefined when there is none. */
export function valueAt(root: Json, path: Path): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as { [key: string]: Json })[step];
  }
  return value;
}

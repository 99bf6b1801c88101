import { parseAllDocuments } from 'yaml';
import { type Json, type JsonObject, OrkError } from '../../sdk/typescript/index.ts';
import { malformed } from './malformed.ts';

/** The library needs many times the size of the text, and some ten seconds for so much of it. */
const MAX_LENGTH = 1024 * 1024;
/** The library recurses; the guest's stack is small. */
const MAX_DEPTH = 64;
/** How often aliases may be used in all: a few lines of them can stand for gigabytes. */
const MAX_ALIASES = 100;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** The documents of a YAML 1.2 text, as JSON values. */
export function parseYaml(text: string): Json[] {
  if (text.length > MAX_LENGTH) throw tooLong();
  refuseDepth(text);
  const documents = parseAllDocuments(text, { version: '1.2', schema: 'core', uniqueKeys: true });
  return Array.from(documents as Iterable<YamlDocument>, toValue);
}

interface YamlDocument {
  errors: { message: string }[];
  toJS(options: { maxAliasCount: number }): unknown;
}

function toValue(document: YamlDocument): Json {
  const [error] = document.errors;
  if (error !== undefined) throw notYaml(error.message);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (thrown) {
    throw notYaml(thrown instanceof Error ? thrown.message : String(thrown));
  }
  return toJson(value, 0);
}

/** The first line says what is wrong and where; the library draws the place below it. */
function notYaml(message: string): OrkError {
  return malformed(`Not YAML: ${(message.split('\n')[0] ?? '').replace(/:$/, '')}`);
}

function toJson(value: unknown, depth: number): Json {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw malformed(`Not YAML that JSON can hold: ${value}`);
  }
  if (typeof value !== 'object') return value as Json;
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1));
  const result: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw malformed(`Not YAML that is taken: the key '${key}'`);
    result[key] = toJson(inner, depth + 1);
  }
  return result;
}

/** Before the library sees it: brackets one inside the other, `- - -`, and deeper and deeper lines. */
function refuseDepth(text: string): void {
  for (const line of text.split('\n')) {
    const dashes = /^[ \t]*((?:[-?][ \t]+)*)/.exec(line)?.[1] ?? '';
    if (dashes.replace(/[ \t]+/g, '').length > MAX_DEPTH) throw tooDeep();
  }
  let depth = 0;
  for (const bracket of text.match(/"(?:\\[\s\S]|[^"\\])*"|'[^']*'|[[\]{}]/g) ?? []) {
    if (bracket === '[' || bracket === '{') depth += 1;
    else if (bracket === ']' || bracket === '}') depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) throw tooDeep();
  }
  refuseIndentation(text);
}

function refuseIndentation(text: string): void {
  const open: number[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const indentation = line.length - line.trimStart().length;
    while ((open.at(-1) ?? -1) >= indentation) open.pop();
    open.push(indentation);
    if (open.length > MAX_DEPTH) throw tooDeep();
  }
}

function tooDeep(): OrkError {
  return malformed(`The YAML is nested more than ${MAX_DEPTH} deep`);
}

function tooLong(): OrkError {
  return new OrkError('resource-exhausted', `The YAML has more than ${MAX_LENGTH} characters.`, {
    reason: 'data.text-too-long',
    hint: 'Convert it to ndjson, which is read line by line.',
  });
}

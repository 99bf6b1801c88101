import { homedir } from 'node:os';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../types/json.ts';
import { packageRoot } from '../../types/package-root.ts';
import { readBounded } from '../read-bounded.ts';
import type { Candidate } from './line.ts';

/** What a playbook has not been checked for yet: a name goes to the shell, which must not find signs in it. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** All modules with their summaries. */
export async function moduleNames(): Promise<Candidate[]> {
  const { ModuleRegistry } = await import('../../components/registry.ts');
  const registry = ModuleRegistry.load(path.join(packageRoot(), 'build', 'modules'));
  return registry.all().map(({ manifest }) => ({
    value: manifest.name,
    description: manifest.summary,
  }));
}

/** The inputs and vars of a playbook. */
export async function variables(
  playbook: string | undefined,
): Promise<(Candidate & { boolean: boolean })[]> {
  const { inputs, vars } = await readPlaybook(playbook);
  const declared = Object.entries(isJsonObject(inputs) ? inputs : {}).map(([value, input]) => {
    const { type, description } = isJsonObject(input) ? input : {};
    return {
      value,
      description: textOf(description) || textOf(type),
      boolean: type === 'boolean',
    };
  });
  const defaults = Object.entries(isJsonObject(vars) ? vars : {}).map(([value, fallback]) => ({
    value,
    description: `default ${JSON.stringify(fallback).slice(0, 60)}`,
    boolean: typeof fallback === 'boolean',
  }));
  return [...declared, ...defaults].filter(({ value }) => IDENTIFIER.test(value));
}

/** The names of a playbook's workloads, with their modules. */
export async function workloads(playbook: string | undefined): Promise<Candidate[]> {
  const { workloads } = await readPlaybook(playbook);
  return (Array.isArray(workloads) ? workloads : [])
    .filter(isJsonObject)
    .map(({ name, process }) => ({
      value: textOf(name),
      description: isJsonObject(process) ? textOf(process['module']) : '',
    }))
    .filter(({ value }) => IDENTIFIER.test(value));
}

/** The playbook on the line as far as it can be read; one that cannot offers nothing. */
async function readPlaybook(file: string | undefined): Promise<JsonObject> {
  if (file === undefined) return {};
  const { loadPlaybook, MAX_PLAYBOOK_BYTES } = await import('../../playbook/load.ts');
  const place = file.replace(/^~(?=\/)/, homedir());
  const source = await readBounded(place, MAX_PLAYBOOK_BYTES, '').catch(() => '');
  return loadPlaybook(source, file).loaded?.value ?? {};
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

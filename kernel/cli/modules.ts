import path from 'node:path';
import type { DescribedModule } from '../components/built-in.ts';
import { ModuleRegistry } from '../components/registry.ts';
import { didYouMean } from '../expressions/nearest.ts';
import { OrkError } from '../types/errors.ts';
import { packageRoot } from '../types/package-root.ts';
import { moduleToText } from './render/module-text.ts';
import { moduleList, moduleListToText } from './render/modules-text.ts';
import type { Console } from './render/output.ts';
import { makeStyle } from './render/style.ts';

export interface ModulesCommand {
  output: 'text' | 'json';
}

/** `ork modules list`: every module that playbooks can name. */
export async function listModulesCommand(
  { output }: ModulesCommand,
  console: Console,
): Promise<void> {
  const modules = loadRegistry().all();
  if (output === 'json') await console.out(toJson(moduleList(modules)));
  else await console.out(moduleListToText(modules, makeStyle(false)));
}

/** `ork modules show`: what the manifest of one module says. */
export async function showModuleCommand(
  name: string,
  { output }: ModulesCommand,
  console: Console,
): Promise<void> {
  const module = findModule(loadRegistry(), name);
  if (output === 'json') await console.out(toJson(module.manifest));
  else await console.out(await moduleToText(module, makeStyle(false)));
}

function loadRegistry(): ModuleRegistry {
  return ModuleRegistry.load(path.join(packageRoot(), 'build', 'modules'));
}

function findModule(registry: ModuleRegistry, name: string): DescribedModule {
  const names = registry.names();
  if (names.includes(name)) return registry.describe(name);
  throw new OrkError('not-found', `there is no module '${name}'`, {
    reason: 'cli.unknown-module',
    hint: didYouMean(name, names) ?? 'list them with `ork modules list`',
  });
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

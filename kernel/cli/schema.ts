import path from 'node:path';
import { ModuleRegistry } from '../components/registry.ts';
import { OrkError } from '../types/errors.ts';
import { packageRoot } from '../types/package-root.ts';
import type { Console } from './render/output.ts';
import { playbookJsonSchema } from './schema/playbook-schema.ts';

export type SchemaSubject = 'playbook' | 'daemon';

/** `ork schema`: prints a JSON Schema. Rejects with `unsupported` for the daemon's. */
export async function schemaCommand(subject: SchemaSubject, console: Console): Promise<void> {
  if (subject === 'daemon') throw notAvailable();
  await console.out(playbookSchemaText());
}

/** The schema of playbooks with the modules that are installed, as the text of a file. */
export function playbookSchemaText(): string {
  const registry = ModuleRegistry.load(path.join(packageRoot(), 'build', 'modules'));
  const modules = registry.all().map(({ manifest }) => manifest);
  return `${JSON.stringify(playbookJsonSchema(modules), null, 2)}\n`;
}

function notAvailable(): OrkError {
  return new OrkError('unsupported', 'not available in this version, which has no daemon', {
    reason: 'cli.unavailable',
    hint: 'ork schema playbook prints the schema of playbooks',
  });
}

import path from 'node:path';
import { ModuleRegistry } from '../components/registry.ts';
import { packageRoot } from '../types/package-root.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { loadAndCheck } from './load-playbook.ts';
import { findingsToJson, findingsToText } from './problems.ts';
import type { Console } from './render/output.ts';
import { makeStyle } from './render/style.ts';

export interface ValidateCommand {
  file: string;
  output: 'text' | 'json';
}

/** `ork validate`: everything that can be found without running anything. */
export async function validateCommand(
  command: ValidateCommand,
  console: Console,
): Promise<ExitCode> {
  const registry = ModuleRegistry.load(path.join(packageRoot(), 'build', 'modules'));
  const { sources, findings, valid } = await loadAndCheck(command.file, registry);
  if (command.output === 'json') {
    const document = { valid: valid !== undefined, ...findingsToJson(findings) };
    await console.out(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    console.err(findingsToText(findings, sources, makeStyle(console.color)));
    if (valid === undefined) console.err('validation failed\n');
    else await console.out('validation successful\n');
  }
  return valid === undefined ? EXIT.failed : EXIT.ok;
}

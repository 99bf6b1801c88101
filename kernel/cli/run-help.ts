import { loadPlaybook, MAX_PLAYBOOK_BYTES } from '../playbook/load.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { findingsToText } from './problems.ts';
import { readBounded } from './read-bounded.ts';
import { inputsToText } from './render/inputs-text.ts';
import type { Console } from './render/output.ts';
import { makeStyle } from './render/style.ts';

/**
 * The end of `ork run PLAYBOOK --help`: what `--var` can set. The playbook only has to be readable; a draft
 * that does not validate yet has inputs, too.
 */
export async function describePlaybook(file: string, console: Console): Promise<ExitCode> {
  const hint = 'give the path of a playbook, or leave it out to see the help alone';
  const source = await readBounded(file, MAX_PLAYBOOK_BYTES, hint);
  const { loaded, ...findings } = loadPlaybook(source, file);
  if (loaded === undefined) {
    console.err(findingsToText(findings, new Map([[file, source]]), makeStyle(console.color)));
    return EXIT.failed;
  }
  await console.out(inputsToText(loaded.value, makeStyle(console.outColor)));
  return EXIT.ok;
}

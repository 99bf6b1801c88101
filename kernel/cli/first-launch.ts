import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { ModuleRegistry } from '../components/registry.ts';
import { PIPELINE } from '../playbook/pipeline.ts';
import { kindOf, type WorkerKind } from '../sandbox/worker-kind.ts';

/** A playbook is never longer (`MAX_PLAYBOOK_BYTES`); what is, will be refused. */
const MAX_BYTES = 1024 * 1024;

/**
 * What kind of worker the first workload of a playbook will probably need, by a look at the text: a worker can start
 * before the playbook has been read and checked. A wrong guess costs a worker that nobody uses.
 */
export function guessFirstKind(text: string, registry: ModuleRegistry): WorkerKind {
  const modules = Array.from(
    text.matchAll(/^[^#\n]*\bmodule:\s*["']?([\w:-]+)/gm),
    ([, name]) => name,
  );
  const [first = ''] = modules;
  const needed = first === PIPELINE ? modules.slice(1) : [first];
  return kindOf(needed.flatMap((name) => registry.find(name as string)?.capabilities ?? []));
}

/** The text of a playbook and its path without links, where it is a file that can be read at once; else neither. */
export function peekPlaybook(file: string): { text: string; realPath?: string } {
  try {
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > MAX_BYTES) return { text: '' };
    return { text: readFileSync(file, 'utf8'), realPath: realpathSync(file) };
  } catch {
    return { text: '' };
  }
}

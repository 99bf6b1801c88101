import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { ModuleRegistry } from '../components/registry.ts';
import type { CheckedPlaybook } from '../playbook/call.ts';
import { loadPlaybook, MAX_PLAYBOOK_BYTES } from '../playbook/load.ts';
import { concatFindings, type Findings } from '../playbook/problem-list.ts';
import type { JsonObject } from '../types/json.ts';
import { readBounded } from './read-bounded.ts';
import { readCalledPlaybook } from './read-called-playbook.ts';

export interface LoadResult {
  findings: Findings;
  /** The text of each file, by the name that problems have for it. */
  sources: ReadonlyMap<string, string>;
  /** The real path of each file. */
  files: string[];
  /** Absent when there are errors. */
  valid: CheckedPlaybook | undefined;
}

export interface LoadOptions {
  /** Refuses what only the daemon can run. */
  forRun?: boolean;
  /** The folder that relative paths of grants start at; the playbook's own when undefined. */
  workspace?: string;
  /** Hears of the text as data before it is checked, which takes longer. */
  onRead?(value: JsonObject): void;
}

/** Reads and checks a playbook with all that it calls. Rejects only when the file cannot be read. */
export async function loadAndCheck(
  file: string,
  registry: ModuleRegistry,
  { forRun = false, workspace, onRead = () => {} }: LoadOptions = {},
): Promise<LoadResult> {
  const hint = 'give the path of a playbook, e.g. ork run playbook.yaml';
  const source = await readBounded(file, MAX_PLAYBOOK_BYTES, hint);
  const { loaded, ...unreadable } = loadPlaybook(source, file);
  if (loaded === undefined) {
    return {
      findings: unreadable,
      sources: new Map([[file, source]]),
      files: [],
      valid: undefined,
    };
  }
  onRead(loaded.value);
  const { checkClosure } = await import('../playbook/closure.ts');
  const realPath = realPathOf(file);
  const { checked, sources, files, ...findings } = await checkClosure(loaded, realPath, {
    catalog: registry,
    read: readCalledPlaybook,
    workspace: workspace ?? path.dirname(realPath),
    forRun,
  });
  return { findings: concatFindings([unreadable, findings]), sources, files, valid: checked };
}

/** A pipe has no such path, and nothing beside it that could be called. */
function realPathOf(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return path.resolve(file);
  }
}

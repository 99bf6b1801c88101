import type { ModuleRegistry } from '../components/registry.ts';
import { daemonOnly } from '../playbook/check-for-run.ts';
import { loadPlaybook, MAX_PLAYBOOK_BYTES } from '../playbook/load.ts';
import type { Graph, Playbook, Problem } from '../playbook/model.ts';
import type { JsonObject } from '../types/json.ts';
import { readBounded } from './read-bounded.ts';

export interface CheckedPlaybook {
  source: string;
  problems: Problem[];
  /** Absent when there are errors. */
  valid: { playbook: Playbook; graph: Graph } | undefined;
}

export interface LoadOptions {
  /** Refuses what only the daemon can run. */
  forRun?: boolean;
  /** Hears of the text as data before it is checked, which takes longer. */
  onRead?(value: JsonObject): void;
}

/** Reads and checks a playbook. Rejects only when the file cannot be read. */
export async function loadAndCheck(
  file: string,
  registry: ModuleRegistry,
  { forRun = false, onRead = () => {} }: LoadOptions = {},
): Promise<CheckedPlaybook> {
  const hint = 'give the path of a playbook, e.g. ork run playbook.yaml';
  const source = await readBounded(file, MAX_PLAYBOOK_BYTES, hint);
  const { loaded, problems: unreadable } = loadPlaybook(source, file);
  if (loaded === undefined) return { source, problems: unreadable, valid: undefined };
  onRead(loaded.value);
  const { validatePlaybook } = await import('../playbook/validate.ts');
  const checked = await validatePlaybook(loaded, registry);
  const { playbook, graph } = checked;
  const refused = forRun && playbook !== undefined ? daemonOnly(playbook, loaded) : [];
  const problems = [...unreadable, ...checked.problems, ...refused];
  const broken = problems.some(({ severity }) => severity === 'error');
  const valid = broken || !playbook || !graph ? undefined : { playbook, graph };
  return { source, problems, valid };
}

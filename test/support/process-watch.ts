import { readdirSync, readFileSync } from 'node:fs';
import { type Canary, canariesIn } from './canary.ts';

/** Looks into all processes that have come from one, again and again. */
export class ProcessWatch {
  readonly found = new Set<string>();
  readonly #root: number;
  readonly #everywhere: readonly Canary[];
  readonly #inPrograms: readonly Canary[];
  readonly #seen = new Map<number, 'worker' | 'program'>();

  /** Workers may show none of `everywhere`; programs none of `inPrograms`, which the playbook did not give them. */
  constructor(root: number, everywhere: readonly Canary[], inPrograms: readonly Canary[]) {
    this.#root = root;
    this.#everywhere = everywhere;
    this.#inPrograms = inPrograms;
  }

  look(): void {
    const parents = new Map(
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => [Number(name), parentOf(name)]),
    );
    for (const pid of parents.keys()) {
      if (pid !== this.#root && isBelow(pid, this.#root, parents)) this.#lookInto(pid);
    }
  }

  /** How many processes were looked at, and how many of them were workers. */
  watched(): { all: number; workers: number } {
    const kinds = [...this.#seen.values()];
    return { all: kinds.length, workers: kinds.filter((kind) => kind === 'worker').length };
  }

  #lookInto(pid: number): void {
    const commandLine = read(`/proc/${pid}/cmdline`);
    // Gone, or a child that is not yet what it is to become and still looks like ork itself.
    if (commandLine === '' || commandLine.includes('bin/ork.js')) return;
    const environment = read(`/proc/${pid}/environ`);
    const kind = commandLine.includes('kernel/worker/start') ? 'worker' : 'program';
    this.#seen.set(pid, kind);
    const forbidden = kind === 'worker' ? this.#everywhere : this.#inPrograms;
    for (const name of canariesIn(commandLine, this.#everywhere))
      this.found.add(`command line: ${name}`);
    for (const name of canariesIn(environment, forbidden)) this.found.add(`${kind}: ${name}`);
  }
}

function parentOf(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function isBelow(pid: number, root: number, parents: Map<number, number>): boolean {
  for (let at = parents.get(pid); at !== undefined && at > 0; at = parents.get(at)) {
    if (at === root) return true;
  }
  return false;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

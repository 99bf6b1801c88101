import path from 'node:path';
import { asOrkError, OrkError } from '../types/errors.ts';
import {
  type CheckedPlaybook,
  callsIn,
  type DraftCall,
  pathRefusal,
  type Refusal,
} from './call.ts';
import { checkCallFlows } from './check-call-flows.ts';
import { grantRefusals } from './check-call-grants.ts';
import { checkCallInputs } from './check-call-inputs.ts';
import { daemonOnly } from './check-for-run.ts';
import type { Catalog } from './checking.ts';
import { type LoadedPlaybook, loadPlaybook } from './load.ts';
import type { SourcePosition } from './model.ts';
import { asWorkloadName } from './names.ts';
import { concatFindings, type Findings, joinFindings, ProblemList } from './problem-list.ts';
import { type Validation, validatePlaybook } from './validate.ts';

/** How deep playbooks may call each other: so many levels below the first. */
export const MAX_CALL_DEPTH = 8;
/** More files than this, the first included, are no longer one job. */
export const MAX_CLOSURE_PLAYBOOKS = 64;

/** The text of a playbook, and the one path that it has whatever links lead to it. */
export interface PlaybookFile {
  /** Absolute. */
  realPath: string;
  text: string;
}

export interface ClosureOptions {
  catalog: Catalog;
  /** Reads a playbook by its absolute path, a regular file only, and not much more than a playbook may have. */
  read(file: string): Promise<PlaybookFile>;
  /** Absolute; where relative paths of grants start. */
  workspace: string;
  /** Refuses what only the daemon can run. */
  forRun: boolean;
}

/** The findings are those of the first playbook, then of those that it calls. */
export interface Closure extends Findings {
  /** Absent when there is an error in it or in what it calls. */
  checked: CheckedPlaybook | undefined;
  /** The text of each file, by the name that problems have for it. */
  sources: Map<string, string>;
  /** The real path of each file. */
  files: string[];
}

/**
 * Checks a playbook together with all that it calls by `control:playbook`, directly or not. Never rejects for what
 * stands in the files.
 */
export async function checkClosure(
  loaded: LoadedPlaybook,
  realPath: string,
  options: ClosureOptions,
): Promise<Closure> {
  const visit = new ClosureVisit(options);
  const root = await visit.enter(loaded, realPath, []);
  const findings = visit.findings();
  return {
    checked: findings.counts.errors > 0 ? undefined : toChecked(root, new Map()),
    ...findings,
    sources: visit.sources(),
    files: visit.files(),
  };
}

/** A playbook of the closure; `validation` is missing where the text is no playbook at all. */
interface Member {
  file: string;
  realPath: string;
  text: string;
  validation?: Validation;
  /** Levels below it. */
  height: number;
  calls: { call: DraftCall; member: Member }[];
  problems: ProblemList;
  /** What was found before its calls were followed. */
  found: Findings;
}

/** From the first playbook down to the one that is being looked at. */
type Chain = readonly Member[];

class ClosureVisit {
  readonly #options: ClosureOptions;
  /** By real path, in the order in which they were met. */
  readonly #members = new Map<string, Member>();

  constructor(options: ClosureOptions) {
    this.#options = options;
  }

  findings(): Findings {
    return concatFindings(
      [...this.#members.values()].map(({ found, problems }) =>
        joinFindings([found, problems.findings()]),
      ),
    );
  }

  sources(): Map<string, string> {
    return new Map([...this.#members.values()].map(({ file, text }) => [file, text]));
  }

  files(): string[] {
    return [...this.#members.keys()];
  }

  /** Checks one playbook, and then what it calls. */
  async enter(loaded: LoadedPlaybook, realPath: string, above: Chain): Promise<Member> {
    const { catalog, forRun } = this.#options;
    const validation = await validatePlaybook(loaded, catalog);
    const { playbook } = validation;
    const needs = playbook !== undefined && forRun ? [daemonOnly(playbook, loaded)] : [];
    const found = joinFindings([validation, ...needs]);
    const { file, text } = loaded;
    const member = this.#add({ file, realPath, text, validation, found });
    for (const call of callsIn(loaded)) await this.#follow(call, loaded, [...above, member]);
    return member;
  }

  #add(fields: Omit<Member, 'height' | 'calls' | 'problems'>): Member {
    const member: Member = { ...fields, height: 0, calls: [], problems: new ProblemList() };
    this.#members.set(member.realPath, member);
    return member;
  }

  async #follow(call: DraftCall, loaded: LoadedPlaybook, chain: Chain): Promise<void> {
    const caller = chain.at(-1) as Member;
    const found = pathRefusal(call, loaded) ?? (await this.#find(call, chain));
    if (found === undefined) return;
    if ('reason' in found) {
      report(found, pathPosition(call, loaded), caller.problems);
      return;
    }
    caller.calls.push({ call, member: found });
    caller.height = Math.max(caller.height, found.height + 1);
    this.#compare(call, loaded, caller, found);
  }

  /** What a call gives and grants, against what the called playbook takes and asks for. */
  #compare(call: DraftCall, loaded: LoadedPlaybook, caller: Member, callee: Member): void {
    const { file, validation } = callee;
    if (validation?.playbook === undefined || caller.validation === undefined) return;
    const { playbook, flows } = validation;
    const { problems } = caller;
    checkCallInputs(call, playbook, loaded, problems);
    const target = { file, playbook, intoPrograms: flows.intoPrograms };
    checkCallFlows(call, caller.validation.flows, target, problems);
    const workloads = caller.validation.playbook?.workloads ?? [];
    const workload = workloads.find(({ name }) => name === call.workload);
    if (workload === undefined) return;
    const position = pathPosition(call, loaded);
    for (const refusal of grantRefusals(workload, file, playbook, this.#options.workspace)) {
      report(refusal, position, problems);
    }
  }

  /** The playbook that a call names, or why there is none; undefined when that has been reported. */
  async #find(call: DraftCall, chain: Chain): Promise<Member | Refusal | undefined> {
    const caller = chain.at(-1) as Member;
    // What is no text has been reported with the other params.
    if (call.path === undefined || call.path === '') return undefined;
    if (chain.length > MAX_CALL_DEPTH) return tooDeep(chain);
    const read = await this.#options
      .read(path.resolve(path.dirname(caller.realPath), call.path))
      .catch((error: unknown) => asOrkError(error));
    if (read instanceof OrkError)
      return { reason: 'playbook.call-unreadable', message: read.message };
    const start = chain.findIndex(({ realPath }) => realPath === read.realPath);
    if (start >= 0) return cycle(chain.slice(start));
    const known = this.#members.get(read.realPath);
    if (known === undefined) {
      return this.#load(read, this.#nameFor(call.path, caller, read.realPath), chain);
    }
    return chain.length + known.height > MAX_CALL_DEPTH ? tooDeep([...chain, known]) : known;
  }

  /** As it is seen from where the command was given; links can make two files look the same. */
  #nameFor(written: string, caller: Member, realPath: string): string {
    const file = path.join(path.dirname(caller.file), written);
    const taken = [...this.#members.values()].some((member) => member.file === file);
    return taken ? realPath : file;
  }

  async #load(
    { realPath, text }: PlaybookFile,
    file: string,
    chain: Chain,
  ): Promise<Member | Refusal> {
    if (this.#members.size >= MAX_CLOSURE_PLAYBOOKS) {
      const message = `a playbook and those that it calls are at most ${MAX_CLOSURE_PLAYBOOKS} files`;
      return { reason: 'playbook.call-count', message };
    }
    const { loaded, ...found } = loadPlaybook(text, file);
    if (loaded !== undefined) return this.enter(loaded, realPath, chain);
    return this.#add({ file, realPath, text, found });
  }
}

function pathPosition({ place }: DraftCall, { map }: LoadedPlaybook): SourcePosition {
  return map.valuePosition([...place, 'path']);
}

function report(refusal: Refusal, position: SourcePosition, problems: ProblemList): void {
  problems.error(refusal.reason, refusal.message, position, refusal.hint);
}

function tooDeep(chain: Chain): Refusal {
  const way = chain.map(({ file }) => file).join(' → ');
  const message = `playbooks call each other more than ${MAX_CALL_DEPTH} levels deep: ${way} → …`;
  return { reason: 'playbook.call-depth', message };
}

function cycle(chain: Chain): Refusal {
  const way = [...chain, ...chain.slice(0, 1)].map(({ file }) => file).join(' → ');
  return { reason: 'playbook.call-cycle', message: `these playbooks call each other: ${way}` };
}

/** The tree of calls without what only the checks needed; undefined where there are errors. */
function toChecked(
  { file, realPath, text, validation, calls }: Member,
  done: Map<string, CheckedPlaybook>,
): CheckedPlaybook | undefined {
  const known = done.get(realPath);
  const { playbook, graph } = validation ?? {};
  if (known !== undefined || playbook === undefined || graph === undefined) return known;
  const called = calls.flatMap(({ call, member }) => {
    const child = toChecked(member, done);
    return child === undefined ? [] : [{ call, child }];
  });
  const checked: CheckedPlaybook = {
    file,
    playbook,
    graph,
    calls: new Map(called.map(({ call, child }) => [asWorkloadName(call.workload), child])),
    // Not every command asks for it, and it takes a library of its own.
    get digest() {
      return digestOf(text, called);
    },
  };
  done.set(realPath, checked);
  return checked;
}

/** Of the text and of what its calls lead to, so that it changes with any file and not with where they are. */
function digestOf(text: string, called: { call: DraftCall; child: CheckedPlaybook }[]): string {
  const below = called.map(({ call, child }) => [call.path ?? '', child.digest]);
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256')
    .update(JSON.stringify([text, ...below]))
    .digest('hex');
}

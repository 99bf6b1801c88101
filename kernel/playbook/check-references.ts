import { nearest } from '../expressions/nearest.ts';
import type { Reference } from '../expressions/references.ts';
import type { Checking, PlacedText } from './checking.ts';
import type { DraftWorkload } from './draft.ts';
import { KERNEL_NAMES, TYPE_NAMES } from './names.ts';

const WORKLOAD_FIELDS = [
  'status',
  'summary',
  'error',
  'attempts',
  'started_at',
  'finished_at',
  'duration_ms',
];
const REGISTERED_FIELDS = ['status', 'summary', 'error', 'attempts', 'duration_ms'];
const PLAYBOOK_FIELDS = ['name', 'run_id'];
const ORK_FIELDS = ['workloads', 'playbook', 'resume_payload', 'loop'];
const LOOP_FIELDS = ['index', 'first', 'last'];
/** Functions that are taken for names, and how they are called. */
const CALLS = new Map([
  ['secret', "secret('NAME')"],
  ['env', "env('NAME')"],
  ['now', 'now()'],
  ['uuid', 'uuid()'],
]);

/** What a reference reads: a workload's result, an input, data that came from outside, or a part of one of these. */
export type Resolved =
  | {
      kind: 'workload';
      workload: DraftWorkload;
      /** `status`, `summary`, …; undefined when all of it is read. */
      field: string | undefined;
    }
  | { kind: 'outside'; name: 'event' | 'activation' | 'resume_payload' }
  | { kind: 'input'; name: string }
  /** The item of the workload's own loop, which is what `loop` has read. */
  | { kind: 'item' };

/** Where a reference stands decides which names it can see. */
export type NameScope =
  /** Params and the like: everything, with the names of the workload's loop: of the item, then of its number. */
  | { kind: 'workload'; loopNames: string[] }
  /** The playbook's outputs: nothing that belongs to one workload or one event. */
  | { kind: 'outputs' }
  /** What is decided before anything runs: inputs and vars. */
  | { kind: 'parameters'; what: string };

interface Site extends PlacedText {
  scope: NameScope;
}

/**
 * Finds what a reference stands for; reports it when there is no such thing. Undefined when it reads
 * a var or nothing. `site` is the text that the reference stands in.
 */
export function resolveReference(
  reference: Reference,
  site: Site,
  checking: Checking,
): Resolved | undefined {
  return new Resolver(reference, site, checking).resolve();
}

class Resolver {
  readonly #reference: Reference;
  readonly #site: Site;
  readonly #checking: Checking;

  constructor(reference: Reference, site: Site, checking: Checking) {
    this.#reference = reference;
    this.#site = site;
    this.#checking = checking;
  }

  resolve(): Resolved | undefined {
    const { draft } = this.#checking;
    const root = this.#part(0) ?? '';
    const registrar = draft.byRegister.get(root);
    if (Object.hasOwn(draft.inputs, root)) return { kind: 'input', name: root };
    if (Object.hasOwn(draft.vars, root)) return undefined;
    if (this.#site.scope.kind === 'parameters') return this.#notAParameter(root);
    if (this.#loopNames().includes(root)) return this.#loopName(root);
    if (root === '_ork') return this.#kernel();
    if (root === 'event' || root === 'activation') return this.#trigger(root);
    if (registrar !== undefined) return this.#result(registrar, 1, REGISTERED_FIELDS);
    if (!this.#isKnownRoot(root)) this.#unknownRoot(root);
    return undefined;
  }

  #loopNames(): string[] {
    const { scope } = this.#site;
    return scope.kind === 'workload' ? scope.loopNames : [];
  }

  /** The number of an item is no data. */
  #loopName(root: string): Resolved | undefined {
    return root === this.#loopNames()[0] ? { kind: 'item' } : undefined;
  }

  #notAParameter(root: string): undefined {
    if (TYPE_NAMES.has(root)) return undefined;
    const { draft, suggest } = this.#checking;
    const { scope } = this.#site;
    const what = scope.kind === 'parameters' ? scope.what : '';
    const hint = suggest(root, [...Object.keys(draft.inputs), ...Object.keys(draft.vars)]);
    const message = `'${root}' cannot be read in ${what}, which may use inputs and vars only`;
    this.#error('playbook.parameters-only', message, 0, hint);
    return undefined;
  }

  #trigger(name: 'event' | 'activation'): Resolved | undefined {
    if (this.#site.scope.kind === 'workload') return { kind: 'outside', name };
    const message = `'${name}' exists only below an event_driven or scheduled workload`;
    this.#error('playbook.unknown-name', message, 0);
    return undefined;
  }

  #isKnownRoot(root: string): boolean {
    const { draft } = this.#checking;
    const optional = this.#reference.presence === 'default' && !KERNEL_NAMES.includes(root);
    return TYPE_NAMES.has(root) || (optional && !draft.byName.has(root));
  }

  #unknownRoot(root: string): void {
    const { draft, suggest } = this.#checking;
    if (draft.byName.has(root)) {
      const hint = `add \`register: ${root}\` to it, or read _ork.workloads.${root}`;
      this.#error('playbook.unknown-name', `the workload '${root}' registers no result`, 0, hint);
      return;
    }
    const call = CALLS.get(root);
    if (call !== undefined) {
      this.#error('playbook.unknown-name', `'${root}' is a function`, 0, `call it: ${call}`);
      return;
    }
    const parameters = [...Object.keys(draft.inputs), ...Object.keys(draft.vars)];
    const names = [...parameters, ...this.#loopNames(), ...draft.byRegister.keys(), '_ork'];
    const hint = suggest(root, names) ?? 'declare it under inputs or vars, or register it';
    this.#error('playbook.unknown-name', `'${root}' does not exist`, 0, hint);
  }

  #kernel(): Resolved | undefined {
    const field = this.#part(1);
    if (field === undefined) {
      const message = '_ork must be followed by the name of one of its fields';
      const hint = `it has: ${ORK_FIELDS.join(', ')}`;
      this.#error('playbook.computed-reference', message, 0, hint);
    } else if (field === 'tasks') {
      this.#error('playbook.renamed', '`_ork.tasks` is now `_ork.workloads`', 1);
    } else if (field === 'resume_payload') {
      return { kind: 'outside', name: field };
    } else if (field === 'loop') {
      this.#loop();
    } else if (field === 'workloads') {
      return this.#namedWorkload();
    } else if (field === 'playbook') {
      this.#checkField('_ork.playbook', 2, PLAYBOOK_FIELDS);
    } else {
      this.#checkField('_ork', 1, ORK_FIELDS);
    }
    return undefined;
  }

  #loop(): void {
    const message = '`_ork.loop` exists only in a workload with a loop';
    if (this.#loopNames().length === 0) this.#error('playbook.unknown-field', message, 1);
    else this.#checkField('_ork.loop', 2, LOOP_FIELDS);
  }

  #namedWorkload(): Resolved | undefined {
    const { draft, suggest } = this.#checking;
    const name = this.#part(2);
    if (name === undefined) {
      const message = '_ork.workloads must be followed by the name of a workload';
      const hint = 'a name that is computed gives no dependency to wait for';
      this.#error('playbook.computed-reference', message, 0, hint);
      return undefined;
    }
    const workload = draft.byName.get(name);
    if (workload !== undefined) return this.#result(workload, 3, WORKLOAD_FIELDS);
    const hint = suggest(name, draft.byName.keys());
    this.#error('playbook.unknown-workload', `there is no workload '${name}'`, 2, hint);
    return undefined;
  }

  #result(workload: DraftWorkload, index: number, fields: string[]): Resolved {
    const known = workload.loop === undefined ? fields : [...fields, 'results'];
    this.#checkField(this.#reference.path.slice(0, index).join('.'), index, known);
    return { kind: 'workload', workload, field: this.#part(index) };
  }

  #checkField(owner: string, index: number, fields: string[]): void {
    const { path, presence } = this.#reference;
    const field = this.#part(index);
    const asked = presence === 'has' && index === path.length - 1;
    if (field === undefined || fields.includes(field) || asked) return;
    const close = nearest(field, fields);
    const hint = this.#hintForField(owner, field, fields, close);
    this.#error('playbook.unknown-field', `'${owner}' has no field '${field}'`, index, hint);
  }

  #hintForField(owner: string, field: string, fields: string[], close: string | undefined): string {
    if (close !== undefined) return `did you mean '${close}'?`;
    if (field === 'results') return 'only a workload with a `loop` has results';
    return fields.includes('summary')
      ? `what the module returned is under ${owner}.summary: ${owner}.summary.${field}`
      : `it has: ${fields.join(', ')}`;
  }

  #part(index: number): string | undefined {
    return this.#reference.path[index];
  }

  #error(reason: string, message: string, part: number, hint?: string): void {
    const { loaded, problems } = this.#checking;
    const offset = this.#reference.offsets[part] ?? 0;
    const length = this.#part(part)?.length ?? 1;
    const position = loaded.map.positionInString(this.#site.path, offset, length);
    problems.error(reason, message, position, hint);
  }
}

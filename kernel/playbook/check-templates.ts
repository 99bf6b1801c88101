import { isTemplate } from '../expressions/scanner.ts';
import type { Inspection } from '../expressions/template.ts';
import type { Json } from '../types/json.ts';
import { checkEnvironment } from './check-environment.ts';
import {
  checkCalls,
  checkExpressionParam,
  positionOf,
  refuseTemplate,
  reportSyntax,
} from './check-expressions.ts';
import { checkProgramText, programText } from './check-programs.ts';
import { type NameScope, type Resolved, resolveReference } from './check-references.ts';
import {
  type Checking,
  manifestOf,
  matchPatterns,
  type PlacedText,
  stringsIn,
  type TracedEdge,
} from './checking.ts';
import type { DraftWorkload } from './draft.ts';
import { emptyFlows, type InputFlows, noteFlows } from './input-flows.ts';
import type { Graph, SourcePosition, WorkloadName } from './model.ts';
import { asWorkloadName } from './names.ts';
import type { Path } from './source-map.ts';

/** A template that reads `event` or `activation`, which exist only below a trigger. */
export interface TriggerRead {
  workload: WorkloadName;
  name: 'event' | 'activation';
  position: SourcePosition;
}

/** What templates ask of the graph. */
export interface TemplateNeeds {
  edges: TracedEdge[];
  handlers: Graph['handlers'];
  triggerReads: TriggerRead[];
  flows: InputFlows;
}

/**
 * Checks every template of a playbook: syntax, functions, and names; and finds which workload
 * reads whose result.
 */
export async function checkTemplates(checking: Checking): Promise<TemplateNeeds> {
  const needs: TemplateNeeds = {
    edges: [],
    handlers: new Map(),
    triggerReads: [],
    flows: emptyFlows(),
  };
  const { draft } = checking;
  for (const workload of draft.workloads) {
    await new WorkloadTemplates(workload, checking, needs).check();
    await checkParameters(workload.securityContext, [...workload.path, SECURITY], checking);
  }
  await checkParameters(draft.securityContext, [SECURITY], checking);
  await checkParameters(draft.concurrencyKey ?? null, ['concurrency', 'key'], checking);
  for (const site of templatesIn(draft.outputs, ['outputs'], checking)) {
    const { references, calls } = await inspect(site, checking);
    checkEnvironment(calls, undefined, site, checking);
    const scope: NameScope = { kind: 'outputs' };
    for (const reference of references) resolveReference(reference, { ...site, scope }, checking);
  }
  return needs;
}

const SECURITY = 'security_context';

/** What asks the host for something. */
const HOST_FUNCTIONS = ['secret', 'env', 'now', 'uuid'];

/** Templates of what is decided before anything runs. */
async function checkParameters(value: Json, path: Path, checking: Checking): Promise<void> {
  const what = path.includes(SECURITY) ? `a ${SECURITY}` : '`concurrency.key`';
  const scope: NameScope = { kind: 'parameters', what };
  for (const site of templatesIn(value, path, checking)) {
    const { references, calls } = await inspect(site, checking);
    for (const reference of references) resolveReference(reference, { ...site, scope }, checking);
    for (const { name, method, offset } of calls) {
      if (method || !HOST_FUNCTIONS.includes(name)) continue;
      const message = `\`${name}\` cannot be called in ${what}, which may use inputs and vars only`;
      const position = checking.loaded.map.positionInString(site.path, offset, name.length);
      checking.problems.error('playbook.parameters-only', message, position);
    }
  }
}

class WorkloadTemplates {
  readonly #workload: DraftWorkload;
  readonly #checking: Checking;
  readonly #needs: TemplateNeeds;
  readonly #loopNames: string[];
  /** What the items of the loop come from. */
  readonly #loopReads: Resolved[] = [];

  constructor(workload: DraftWorkload, checking: Checking, needs: TemplateNeeds) {
    this.#workload = workload;
    this.#checking = checking;
    this.#needs = needs;
    this.#loopNames = workload.loopNames.map(({ name }) => name);
  }

  async check(): Promise<void> {
    await this.#loop();
    await this.#params();
    await this.#when();
  }

  async #params(): Promise<void> {
    const { path, params } = this.#workload;
    const manifest = manifestOf(this.#workload, this.#checking);
    const programParams = programText(this.#workload, manifest);
    const base = [...path, 'process', 'params'];
    for (const site of stringsIn(params, base)) {
      const inner = site.path.slice(base.length);
      const relation = matchPatterns(manifest?.expressions ?? [], inner);
      if (relation === 'within') await checkExpressionParam(site, this.#checking);
      if (relation === 'within' || !holdsTemplate(site, this.#checking)) continue;
      if (relation === 'above') refuseTemplate(site, site.text.indexOf('{{'), this.#checking);
      const seen = await this.#inspect(site, this.#loopNames);
      const loopReads = this.#loopReads;
      checkProgramText(programParams, inner, { ...seen, site }, loopReads, this.#checking);
      const inProgram = matchPatterns(programParams.code, inner) === 'within';
      const { reads } = seen;
      const workload = this.#workload;
      noteFlows(this.#needs.flows, { workload, path: inner, inProgram, reads, loopReads });
    }
  }

  async #when(): Promise<void> {
    const { when, path } = this.#workload;
    if (typeof when !== 'string') return;
    const site = { path: [...path, 'when'], text: when };
    const { map } = this.#checking.loaded;
    const report = (message: string, hint?: string): void =>
      this.#checking.problems.error('playbook.when', message, map.valuePosition(site.path), hint);
    if (!holdsTemplate(site, this.#checking)) {
      report('`when` must be a boolean or a template', `write "{{ ${when.trim()} }}"`);
      return;
    }
    const { inspection } = await this.#inspect(site, this.#loopNames);
    if (inspection.typed || inspection.errors.length > 0) return;
    report('`when` must be exactly one {{ expression }}; with text around it, it is text');
  }

  async #loop(): Promise<void> {
    const { loop, path } = this.#workload;
    if (loop === undefined) return;
    const base = [...path, 'loop'];
    for (const site of templatesIn(loop, base, this.#checking)) {
      const { inspection, reads } = await this.#inspect(site, []);
      this.#loopReads.push(...reads.map(({ resolved }) => resolved));
      const whole = site.path.length === base.length;
      if (whole && !inspection.typed && inspection.errors.length === 0) this.#refuseLoop(base);
    }
    if (typeof loop === 'string' && !isTemplate(loop)) this.#refuseLoop(base);
  }

  #refuseLoop(path: Path): void {
    const message = '`loop` must be a list, or exactly one {{ expression }} that yields one';
    const position = this.#checking.loaded.map.valuePosition(path);
    this.#checking.problems.error('playbook.loop', message, position);
  }

  /** Inspects a template and notes what the workload depends on for it. */
  async #inspect(site: PlacedText, loopNames: string[]) {
    const inspection = await inspect(site, this.#checking);
    checkEnvironment(inspection.calls, this.#workload, site, this.#checking);
    const scope: NameScope = { kind: 'workload', loopNames };
    const reads = inspection.references.flatMap((reference) => {
      const resolved = resolveReference(reference, { ...site, scope }, this.#checking);
      if (resolved === undefined) return [];
      const position = positionOf(reference, site, this.#checking);
      return [{ resolved, position }];
    });
    for (const { resolved, position } of reads) this.#note(resolved, position, site);
    return { inspection, reads };
  }

  #note(resolved: Resolved, position: SourcePosition, site: PlacedText): void {
    const to = asWorkloadName(this.#workload.name);
    if (resolved.kind === 'item' || resolved.kind === 'input') return;
    if (resolved.kind === 'outside') {
      const { name } = resolved;
      if (name !== 'resume_payload')
        this.#needs.triggerReads.push({ workload: to, name, position });
      return;
    }
    if (resolved.workload === this.#workload) {
      const message = `'${this.#workload.name}' cannot read its own result`;
      this.#checking.problems.error('playbook.self-reference', message, position);
      return;
    }
    const from = asWorkloadName(resolved.workload.name);
    this.#needs.edges.push({ from, to, kind: 'state', position });
    if (resolved.field !== 'status' && resolved.field !== 'error') return;
    const isWhen =
      site.path.length === this.#workload.path.length + 1 && site.path.at(-1) === 'when';
    if (!isWhen) return;
    const { handlers } = this.#needs;
    handlers.set(to, (handlers.get(to) ?? new Set()).add(from));
  }
}

async function inspect(site: PlacedText, checking: Checking): Promise<Inspection> {
  const inspection = await checking.inspections.template(site.text);
  for (const error of inspection.errors) reportSyntax(error, site, checking);
  checkCalls(inspection.calls, site, checking);
  return inspection;
}

function* templatesIn(value: Json, path: Path, checking: Checking): Generator<PlacedText> {
  for (const site of stringsIn(value, path)) if (holdsTemplate(site, checking)) yield site;
}

function holdsTemplate({ path, text }: PlacedText, { loaded }: Checking): boolean {
  return isTemplate(text) && !loaded.isRaw(path);
}

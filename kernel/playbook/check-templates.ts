import type { ExpressionError } from '../expressions/errors.ts';
import { didYouMean } from '../expressions/nearest.ts';
import type { Reference } from '../expressions/references.ts';
import { isTemplate } from '../expressions/scanner.ts';
import { type Inspection, inspectTemplate, loadCel } from '../expressions/template.ts';
import { resolveReference } from './check-references.ts';
import {
  type Checking,
  manifestOf,
  matchPatterns,
  type PlacedText,
  stringsIn,
  type TracedEdge,
} from './checking.ts';
import type { DraftWorkload } from './draft.ts';
import type { Graph } from './model.ts';
import { asWorkloadName } from './names.ts';

/** What templates ask of the graph. */
export interface TemplateNeeds {
  edges: TracedEdge[];
  handlers: Graph['handlers'];
}

/**
 * Checks every template of a playbook: syntax, functions, and names; and finds which workload
 * reads whose result.
 */
export async function checkTemplates(checking: Checking): Promise<TemplateNeeds> {
  const needs: TemplateNeeds = { edges: [], handlers: new Map() };
  for (const workload of checking.draft.workloads) {
    await checkParamTemplates(workload, checking, needs);
    await checkWhen(workload, checking, needs);
  }
  for (const site of stringsIn(checking.draft.outputs, ['outputs'])) {
    if (holdsTemplate(site, checking)) await inspect(site, checking);
  }
  warnTemplatesInVars(checking);
  return needs;
}

async function checkParamTemplates(
  workload: DraftWorkload,
  checking: Checking,
  needs: TemplateNeeds,
): Promise<void> {
  const manifest = manifestOf(workload, checking);
  const base = [...workload.path, 'process', 'params'];
  for (const site of stringsIn(workload.params, base)) {
    const inner = site.path.slice(base.length);
    const relation = matchPatterns(manifest?.expressions ?? [], inner);
    if (relation === 'within') await checkExpressionParam(site, checking);
    if (relation === 'within' || !holdsTemplate(site, checking)) continue;
    if (relation === 'above') refuseTemplate(site, site.text.indexOf('{{'), checking);
    const { read } = await inspectFor(workload, site, checking, needs);
    const isCode = matchPatterns(manifest?.code ?? [], inner) === 'within';
    if (isCode && read !== undefined) warnCode(read, site, checking);
  }
}

async function checkWhen(
  workload: DraftWorkload,
  checking: Checking,
  needs: TemplateNeeds,
): Promise<void> {
  const { when, path } = workload;
  if (typeof when !== 'string') return;
  const site = { path: [...path, 'when'], text: when };
  if (!holdsTemplate(site, checking)) {
    const hint = `write "{{ ${when.trim()} }}"`;
    const position = checking.loaded.map.valuePosition(site.path);
    checking.problems.error(
      'playbook.when',
      '`when` must be a boolean or a template',
      position,
      hint,
    );
    return;
  }
  const { inspection } = await inspectFor(workload, site, checking, needs);
  if (!inspection.typed && inspection.errors.length === 0) {
    const message = '`when` must be exactly one {{ expression }}; with text around it, it is text';
    checking.problems.error('playbook.when', message, checking.loaded.map.valuePosition(site.path));
  }
}

/** Inspects a template of a workload and notes the dependencies that it makes. */
async function inspectFor(
  workload: DraftWorkload,
  site: PlacedText,
  checking: Checking,
  needs: TemplateNeeds,
): Promise<{ inspection: Inspection; read: Reference | undefined }> {
  const inspection = await inspect(site, checking);
  let read: Reference | undefined;
  for (const reference of inspection.references) {
    const resolved = resolveReference(reference, site, checking);
    if (resolved === undefined) continue;
    read ??= reference;
    const position = positionOf(reference, site, checking);
    if (resolved.workload === workload) {
      const message = `'${workload.name}' cannot read its own result`;
      checking.problems.error('playbook.self-reference', message, position);
      continue;
    }
    const from = asWorkloadName(resolved.workload.name);
    const to = asWorkloadName(workload.name);
    needs.edges.push({ from, to, kind: 'state', position });
    const isHandler = resolved.field === 'status' || resolved.field === 'error';
    if (isHandler && site.path.at(-1) === 'when' && site.path.length === workload.path.length + 1) {
      needs.handlers.set(to, (needs.handlers.get(to) ?? new Set()).add(from));
    }
  }
  return { inspection, read };
}

async function inspect(site: PlacedText, checking: Checking): Promise<Inspection> {
  const inspection = await inspectTemplate(site.text);
  for (const error of inspection.errors) reportSyntax(error, site, checking);
  await checkCalls(inspection.calls, site, checking);
  if (site.path[0] === 'outputs') {
    for (const reference of inspection.references) resolveReference(reference, site, checking);
  }
  return inspection;
}

async function checkCalls(
  calls: Inspection['calls'],
  site: PlacedText,
  { loaded, problems }: Checking,
): Promise<void> {
  if (calls.length === 0) return;
  const { FUNCTION_NAMES, METHOD_NAMES } = await loadCel();
  for (const { name, method, offset } of calls) {
    const position = loaded.map.positionInString(site.path, offset, name.length);
    const known = method ? METHOD_NAMES : FUNCTION_NAMES;
    if (name === 'has' && !method) {
      // The parser takes `has(a.b)` apart; what is left of it has no field to look for.
      const message = '`has` asks for a field of something: has(x.field)';
      problems.error('expression.syntax', message, position);
    } else if (!known.has(name)) {
      const message = `unknown function '${name}'`;
      problems.error('expression.unknown-function', message, position, didYouMean(name, known));
    } else if (name === 'secret') {
      const message = '`secret` is part of the language but not available in this version';
      problems.error('playbook.unavailable', message, position);
    }
  }
}

/** A param that the module evaluates itself, once per record. */
async function checkExpressionParam(site: PlacedText, checking: Checking): Promise<void> {
  const template = site.text.indexOf('{{');
  if (template >= 0) {
    refuseTemplate(site, template, checking);
    return;
  }
  const { compileExpression } = await loadCel();
  try {
    const { analysis } = compileExpression(site.text);
    await checkCalls(analysis.calls, site, checking);
    for (const reference of analysis.references) warnForeignName(reference, site, checking);
  } catch (error) {
    reportSyntax(error as ExpressionError, site, checking);
  }
}

function warnForeignName(reference: Reference, site: PlacedText, checking: Checking): void {
  const [root = ''] = reference.path;
  if (root === 'record' || root === 'bind' || reference.presence === 'default') return;
  if (!Object.hasOwn(checking.draft.vars, root) && !checking.draft.byRegister.has(root)) return;
  const message = `'${root}' is not known where this expression is evaluated`;
  const hint = `pass it as bind: { ${root}: "{{ .${root} }}" } and read bind.${root}`;
  const position = positionOf(reference, site, checking);
  checking.problems.warning('expression.foreign-name', message, position, hint);
}

function refuseTemplate(site: PlacedText, offset: number, { loaded, problems }: Checking): void {
  const message = 'this param is an expression of its own and is never templated';
  const hint = 'pass values by bind: { name: "{{ … }}" } and read them as bind.name';
  const position = loaded.map.positionInString(site.path, offset, 2);
  problems.error('expression.template', message, position, hint);
}

function warnCode(reference: Reference, site: PlacedText, checking: Checking): void {
  const message = `a result of another workload becomes part of a program here`;
  const hint = 'pass it by an environment variable, a bound parameter or stdin instead';
  const position = positionOf(reference, site, checking);
  checking.problems.warning('playbook.code-injection', message, position, hint);
}

function warnTemplatesInVars(checking: Checking): void {
  for (const site of stringsIn(checking.draft.vars, ['vars'])) {
    if (!holdsTemplate(site, checking)) continue;
    const offset = site.text.indexOf('{{');
    const position = checking.loaded.map.positionInString(site.path, offset, 2);
    const hint = 'tag the string with !raw if the braces are meant as text';
    checking.problems.warning('playbook.vars', 'vars are data and not rendered', position, hint);
  }
}

function reportSyntax(error: ExpressionError, site: PlacedText, checking: Checking): void {
  const { map } = checking.loaded;
  const position = map.positionInString(site.path, error.offset ?? 0, error.length);
  checking.problems.error(error.reason, error.message, position, error.hint);
}

function positionOf(reference: Reference, site: PlacedText, { loaded }: Checking) {
  const [start = 0] = reference.offsets;
  const last = reference.offsets.length - 1;
  const end = (reference.offsets[last] ?? start) + (reference.path[last]?.length ?? 1);
  return loaded.map.positionInString(site.path, start, Math.max(1, end - start));
}

function holdsTemplate({ path, text }: PlacedText, { loaded }: Checking): boolean {
  return isTemplate(text) && !loaded.isRaw(path);
}

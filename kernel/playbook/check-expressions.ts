import type { ExpressionError } from '../expressions/errors.ts';
import { argumentCountsOf, FUNCTION_NAMES, METHOD_NAMES } from '../expressions/function-table.ts';
import { didYouMean } from '../expressions/nearest.ts';
import type { Reference } from '../expressions/references.ts';
import type { Inspection } from '../expressions/template.ts';
import type { Checking, PlacedText } from './checking.ts';

/** Checks a param that the module evaluates itself, once per record: syntax, functions, names. */
export async function checkExpressionParam(site: PlacedText, checking: Checking): Promise<void> {
  const template = site.text.indexOf('{{');
  if (template >= 0) {
    refuseTemplate(site, template, checking);
    return;
  }
  const { calls, references, errors } = await checking.inspections.expression(site.text);
  for (const error of errors) reportSyntax(error, site, checking);
  checkCalls(calls, site, checking);
  for (const reference of references) warnForeignName(reference, site, checking);
}

/** Reports a template in a param that is never templated. */
export function refuseTemplate(
  site: PlacedText,
  offset: number,
  { loaded, problems }: Checking,
): void {
  const message = 'this param is an expression of its own and is never templated';
  const hint = 'pass values by bind: { name: "{{ … }}" } and read them as bind.name';
  const position = loaded.map.positionInString(site.path, offset, 2);
  problems.error('expression.template', message, position, hint);
}

/** Reports functions that do not exist, and calls that no function answers. */
export function checkCalls(
  calls: Inspection['calls'],
  site: PlacedText,
  { loaded, problems }: Checking,
): void {
  for (const { name, method, offset, arguments: given } of calls) {
    const position = loaded.map.positionInString(site.path, offset, name.length);
    const known = method ? METHOD_NAMES : FUNCTION_NAMES;
    if (name === 'has' && !method) {
      // The parser takes `has(a.b)` apart; what is left of it has no field to look for.
      const message = '`has` asks for a field of something: has(x.field)';
      problems.error('expression.syntax', message, position);
    } else if (!known.has(name)) {
      const message = `unknown function '${name}'`;
      problems.error('expression.unknown-function', message, position, didYouMean(name, known));
    } else {
      const taken = argumentCountsOf(name, method);
      if (taken === undefined || taken.includes(given)) continue;
      const message = `\`${name}\` takes ${inWords(taken)}, and gets ${given}`;
      problems.error('expression.arguments', message, position);
    }
  }
}

function inWords(counts: readonly number[]): string {
  const [least] = counts;
  const most = counts.at(-1);
  const range = least === most ? `${least}` : `${least} to ${most}`;
  return `${range} argument${most === 1 ? '' : 's'}`;
}

export function reportSyntax(error: ExpressionError, site: PlacedText, checking: Checking): void {
  const { map } = checking.loaded;
  const position = map.positionInString(site.path, error.offset ?? 0, error.length);
  checking.problems.error(error.reason, error.message, position, error.hint);
}

/** The place of a reference, from its root name to its last literal field. */
export function positionOf(reference: Reference, site: PlacedText, { loaded }: Checking) {
  const [start = 0] = reference.offsets;
  const last = reference.offsets.length - 1;
  const end = (reference.offsets[last] ?? start) + (reference.path[last]?.length ?? 1);
  return loaded.map.positionInString(site.path, start, Math.max(1, end - start));
}

function warnForeignName(reference: Reference, site: PlacedText, checking: Checking): void {
  const { draft, problems } = checking;
  const [root = ''] = reference.path;
  if (root === 'record' || root === 'bind' || reference.presence === 'default') return;
  const elsewhere = [draft.inputs, draft.vars].some((names) => Object.hasOwn(names, root));
  if (!elsewhere && !draft.byRegister.has(root)) return;
  const message = `'${root}' is not known where this expression is evaluated`;
  const hint = `pass it as bind: { ${root}: "{{ .${root} }}" } and read bind.${root}`;
  problems.warning('expression.foreign-name', message, positionOf(reference, site, checking), hint);
}

import { isTemplate } from '../expressions/scanner.ts';
import { isJsonObject, type Json } from '../types/json.ts';
import { type Checking, stringsIn } from './checking.ts';
import { fitsType, typeName } from './inputs.ts';
import type { InputType } from './model.ts';
import { INPUT_TYPES } from './schema-policies.ts';
import type { Path } from './source-map.ts';

/**
 * Defaults that are not of the type that their input asks for, and templates in what is data: neither defaults
 * nor vars are rendered.
 */
export function checkInputs(checking: Checking): void {
  for (const [name, declaration] of Object.entries(checking.draft.inputs)) {
    if (!isJsonObject(declaration) || declaration['default'] === undefined) continue;
    const { type = 'any', default: value } = declaration;
    const path = ['inputs', name, 'default'];
    if (isInputType(type)) checkDefault(name, type, value, checking);
    warnTemplates(value, path, 'the default of an input is data and not rendered', checking);
  }
  warnTemplates(checking.draft.vars, ['vars'], 'vars are data and not rendered', checking);
}

function checkDefault(
  name: string,
  type: InputType,
  value: Json,
  { loaded, problems }: Checking,
): void {
  if (fitsType(type, value)) return;
  const message = `the default of '${name}' must be ${article(type)} ${type}, not ${typeName(value)}`;
  const position = loaded.map.valuePosition(['inputs', name, 'default']);
  problems.error('playbook.input-type', message, position);
}

function warnTemplates(
  value: Json,
  path: Path,
  message: string,
  { loaded, problems }: Checking,
): void {
  for (const site of stringsIn(value, path)) {
    if (!isTemplate(site.text) || loaded.isRaw(site.path)) continue;
    const position = loaded.map.positionInString(site.path, site.text.indexOf('{{'), 2);
    const hint = 'tag the string with !raw if the braces are meant as text';
    problems.warning('playbook.vars', message, position, hint);
  }
}

function isInputType(type: Json): type is InputType {
  return INPUT_TYPES.some((known) => known === type);
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}

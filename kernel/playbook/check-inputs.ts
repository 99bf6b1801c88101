import { isJsonObject } from '../types/json.ts';
import type { Checking } from './checking.ts';
import { fitsType, typeName } from './inputs.ts';
import type { InputType } from './model.ts';

/** Defaults that are not of the type that their input asks for. */
export function checkInputs({ draft, loaded, problems }: Checking): void {
  for (const [name, declaration] of Object.entries(draft.inputs)) {
    if (!isJsonObject(declaration) || declaration['default'] === undefined) continue;
    const { type = 'any', default: value } = declaration;
    if (typeof type !== 'string' || fitsType(type as InputType, value)) continue;
    const message = `the default of '${name}' must be ${article(type)} ${type}, not ${typeName(value)}`;
    const position = loaded.map.valuePosition(['inputs', name, 'default']);
    problems.error('playbook.input-type', message, position);
  }
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}

import { didYouMean } from '../expressions/nearest.ts';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { fitsType, typeName } from './inputs.ts';
import type { InputDeclaration } from './model.ts';

/** What is wrong with the values that a playbook is called with. */
export interface InputProblem {
  kind: 'unknown' | 'missing' | 'type';
  name: string;
  message: string;
  hint?: string;
}

type Declarations = Readonly<Record<string, InputDeclaration>>;

/**
 * Names that the playbook does not declare, inputs that are left without a value, and values of a wrong type. A value
 * that `isKnown` denies (a template, before it is rendered) may have any type.
 */
export function inputProblems(
  declared: Declarations,
  given: JsonObject,
  isKnown: (name: string, value: Json) => boolean = () => true,
): InputProblem[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  const missing = Object.entries(declared).filter(
    ([name, { default: fallback }]) => fallback === undefined && !Object.hasOwn(given, name),
  );
  const wrong = Object.entries(declared).flatMap(([name, { type }]) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || !isKnown(name, value) || fitsType(type, value)) return [];
    const message = `the input '${name}' must be of type ${type}, not ${typeName(value)}`;
    return [{ kind: 'type' as const, name, message }];
  });
  return [
    ...unknown.map((name) => unknownInput(name, declared)),
    ...missing.map(([name, { type }]) => ({
      kind: 'missing' as const,
      name,
      message: `the playbook needs a value for '${name}' (${type})`,
    })),
    ...wrong,
  ];
}

/** The values of all inputs, defaults filled in. Throws `invalid-argument`, reason `playbook.input`. */
export function bindInputs(declared: Declarations, given: JsonObject): JsonObject {
  const [problem] = inputProblems(declared, given);
  if (problem !== undefined) {
    const { message, hint } = problem;
    const options = { reason: 'playbook.input', ...(hint === undefined ? {} : { hint }) };
    throw new OrkError('invalid-argument', message, options);
  }
  const defaults = Object.entries(declared).flatMap(([name, { default: fallback }]) =>
    fallback === undefined ? [] : [[name, fallback] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

function unknownInput(name: string, declared: Declarations): InputProblem {
  const names = Object.keys(declared);
  const hint =
    didYouMean(name, names) ??
    (names.length === 0 ? 'it takes none' : `it takes: ${names.join(', ')}`);
  return { kind: 'unknown', name, message: `the playbook has no input '${name}'`, hint };
}

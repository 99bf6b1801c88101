import { didYouMean } from '../expressions/nearest.ts';
import { fitsType, typeName } from '../playbook/inputs.ts';
import { loadPlaybook, MAX_PLAYBOOK_BYTES } from '../playbook/load.ts';
import type { Playbook } from '../playbook/model.ts';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { readBounded } from './read-bounded.ts';

const HINT = 'a vars file is a YAML map of names to values';

/**
 * The playbook's vars and inputs with the values of `--vars-file` and `--var`, the latter winning. Throws
 * `invalid-argument` for a name that the playbook does not declare (a typing error would silently run with the
 * default), a value that is not of its input's type, and an input without a value.
 */
export async function readVariables(
  { inputs, vars }: Pick<Playbook, 'inputs' | 'vars'>,
  varsFile: string | undefined,
  assignments: string[],
): Promise<JsonObject> {
  const fromFile = varsFile === undefined ? {} : await readVarsFile(varsFile);
  const assigned = assignments.map((assignment) => parseAssignment(assignment, inputs));
  const given: JsonObject = { ...fromFile, ...Object.fromEntries(assigned) };
  for (const name of Object.keys(given)) requireDeclared(name, { ...inputs, ...vars });
  return { ...vars, ...given, ...inputValues(inputs, given) };
}

function inputValues(inputs: Playbook['inputs'], given: JsonObject): JsonObject {
  const values = Object.entries(inputs).map(([name, { type, default: fallback }]) => {
    const value = Object.hasOwn(given, name) ? given[name] : fallback;
    if (value === undefined) {
      throw usage(`the playbook needs a value for '${name}' (${type})`, `--var ${name}=…`);
    }
    if (!fitsType(type, value)) {
      throw usage(`the input '${name}' must be of type ${type}, not ${typeName(value)}`);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(values);
}

/**
 * `name=value`, the value read as YAML: `n=3` is a number, `n="3"` a text, `n=[1, 2]` a list. For an input
 * of type string it is the text as it stands.
 */
function parseAssignment(assignment: string, inputs: Playbook['inputs']): [string, Json] {
  const at = assignment.indexOf('=');
  if (at < 1) throw usage(`--var takes NAME=VALUE, not '${assignment}'`, '--var threshold=10');
  const name = assignment.slice(0, at);
  const text = assignment.slice(at + 1);
  if (Object.hasOwn(inputs, name) && inputs[name]?.type === 'string') return [name, text];
  const values = readMap(`value: ${text}`, `--var ${name}`);
  const { value = null, ...more } = values;
  if (Object.keys(more).length > 0) throw usage(`--var ${name} holds more than one value`);
  return [name, value];
}

async function readVarsFile(file: string): Promise<JsonObject> {
  return readMap(await readBounded(file, MAX_PLAYBOOK_BYTES, HINT), file);
}

/** Under the same rules as a playbook: no duplicate keys, no numbers that would be rounded, bounded. */
function readMap(text: string, where: string): JsonObject {
  const { loaded, problems } = loadPlaybook(text, where);
  if (loaded !== undefined) return loaded.value;
  const [first] = problems;
  throw usage(`${where}: ${first?.message ?? 'not a map'}`, first?.hint ?? HINT);
}

function requireDeclared(name: string, declared: Record<string, unknown>): void {
  if (Object.hasOwn(declared, name)) return;
  const hint =
    didYouMean(name, Object.keys(declared)) ??
    'declare it under `inputs` or `vars` in the playbook';
  throw usage(`the playbook has no variable '${name}'`, hint);
}

function usage(message: string, hint?: string): OrkError {
  const options = { reason: 'cli.usage' };
  return new OrkError(
    'invalid-argument',
    message,
    hint === undefined ? options : { ...options, hint },
  );
}

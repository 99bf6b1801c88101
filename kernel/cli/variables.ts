import { didYouMean } from '../expressions/nearest.ts';
import { loadPlaybook, MAX_PLAYBOOK_BYTES } from '../playbook/load.ts';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { readBounded } from './read-bounded.ts';

const HINT = 'a vars file is a YAML map of names to values';

/**
 * The values of `--vars-file` and `--var`, the latter winning. Throws `invalid-argument` for a name
 * that the playbook does not declare: a typing error would silently run with the default.
 */
export async function readVariables(
  declared: JsonObject,
  varsFile: string | undefined,
  assignments: string[],
): Promise<JsonObject> {
  const fromFile = varsFile === undefined ? {} : await readVarsFile(varsFile);
  const given = { ...fromFile, ...Object.fromEntries(assignments.map(parseAssignment)) };
  for (const name of Object.keys(given)) requireDeclared(name, declared);
  return { ...declared, ...given };
}

/** `name=value`, the value read as YAML: `n=3` is a number, `n="3"` a text, `n=[1, 2]` a list. */
function parseAssignment(assignment: string): [string, Json] {
  const at = assignment.indexOf('=');
  if (at < 1) throw usage(`--var takes NAME=VALUE, not '${assignment}'`, '--var threshold=10');
  const name = assignment.slice(0, at);
  const values = readMap(`value: ${assignment.slice(at + 1)}`, `--var ${name}`);
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

function requireDeclared(name: string, declared: JsonObject): void {
  if (Object.hasOwn(declared, name)) return;
  const hint = didYouMean(name, Object.keys(declared)) ?? 'declare it under `vars` in the playbook';
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

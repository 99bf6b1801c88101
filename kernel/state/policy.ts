import { OrkError } from '../types/errors.ts';
import { dotted, type StatePath } from './path.ts';

/** How a workload may use the state: the playbook's `state_policy`. */
export interface AccessPolicy {
  access: 'copy_on_write' | 'read_only';
  /** Dotted paths, `*` for any one key: each grants what it leads to and all below. Undefined grants nothing. */
  read?: readonly string[];
}

/** The entry of `read` that lets a path be read; undefined when none does. */
export function grantFor(path: StatePath, { read = [] }: AccessPolicy): string | undefined {
  return read.find((pattern) => leadsTo(pattern.split('.'), path));
}

function leadsTo(pattern: string[], path: StatePath): boolean {
  return (
    pattern.length <= path.length &&
    pattern.every((expected, depth) => expected === '*' || expected === path[depth])
  );
}

/** The refusal of a read, with the line that would allow it. */
export function notGranted(
  path: StatePath,
  workload: string,
  { read = [] }: AccessPolicy,
): OrkError {
  const entry = entryFor(path);
  const line = [...read, entry ?? ''].map(yamlText).join(', ');
  const hint = `if it should, give '${workload}' \`state_policy: { read: [${line}] }\``;
  return new OrkError(
    'denied',
    `'${workload}' may not read ${dotted(path)}: its state_policy does not grant it`,
    { reason: 'state.not-granted', ...(entry === undefined ? {} : { hint }) },
  );
}

/** The refusal of a write by `access: read_only`. */
export function readOnly(path: StatePath, workload: string): OrkError {
  return new OrkError(
    'denied',
    `'${workload}' may not write ${dotted(path)}: its state is read-only`,
    {
      reason: 'state.read-only',
      hint: `if it should, give '${workload}' \`state_policy: { access: copy_on_write }\``,
    },
  );
}

/** The entry of `read` that would grant a path; undefined when its keys cannot be written in one. */
function entryFor(path: StatePath): string | undefined {
  const [first = '', ...rest] = path;
  if (!/^[A-Za-z_][\w-]*$/.test(first)) return undefined;
  return dotted([first, ...rest.map((key) => (/^[\w-]+$/.test(key) ? key : '*'))]);
}

/** Quoted where it would not be plain text inside the brackets. */
function yamlText(entry: string): string {
  return /^[\w.-]+$/.test(entry) ? entry : JSON.stringify(entry);
}

import { CEL_WORDS } from '../expressions/reserved-words.ts';
import type { WorkloadName } from './model.ts';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Root names that the kernel gives to expressions. */
export const KERNEL_NAMES = ['_ork', 'event', 'activation'];

/** CEL's names of types; they are not references unless a playbook declares them. */
export const TYPE_NAMES: ReadonlySet<string> = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'google',
]);

/** Names that nothing in a playbook may have. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([...CEL_WORDS, ...KERNEL_NAMES]);

/** What is wrong with a name of a workload, var or registered result; undefined when nothing is. */
export function checkIdentifier(name: string): { message: string; hint?: string } | undefined {
  if (RESERVED_WORDS.has(name)) return { message: `'${name}' is a reserved word` };
  if (IDENTIFIER.test(name)) return undefined;
  const hint = 'use letters, digits and _, starting with a letter or _';
  return { message: `'${name}' is not an identifier`, hint };
}

/** A name that has been checked with `checkIdentifier`. */
export function asWorkloadName(name: string): WorkloadName {
  return name as WorkloadName;
}

import * as z from 'zod';
import type { Json } from '../types/json.ts';
import { parseByteSize } from './byte-size.ts';
import { parseDuration } from './duration.ts';
import { checkIdentifier } from './names.ts';

/** What editors are told of a string that zod only sees as text: a JSON Schema `pattern` and examples. */
const DURATION_PATTERN = '^(?:\\d+(?:\\.\\d+)?(?:h|ms|m|s|us|µs|ns))+$';
const BYTE_SIZE_PATTERN = '^[1-9]\\d{0,8}(?:B|KiB|MiB|GiB)?$';
export const IDENTIFIER_PATTERN = '^[A-Za-z_][A-Za-z0-9_]*$';
const PLAYBOOK_NAME_PATTERN = '^[a-z][a-z0-9_-]{0,62}$';

const NAME_RULE = 'must be lower-case letters, digits, _ and -, starting with a letter';

/**
 * What editors are told of a schema, for `register`. `describe` would do as well, but it makes a copy of the schema,
 * which takes as long as making the schema: with more than a hundred of them, that is felt at each start.
 */
export function about(description: string): [typeof z.globalRegistry, { description: string }] {
  return [z.globalRegistry, { description }];
}

/** Any JSON value; strings in it may be templates where the language renders them. */
export const json = z.custom<Json>(() => true);

export const playbookName = z
  .string()
  .regex(new RegExp(PLAYBOOK_NAME_PATTERN), NAME_RULE)
  .meta({ pattern: PLAYBOOK_NAME_PATTERN });

export const identifier = z
  .string()
  .check((context) => {
    const problem = checkIdentifier(context.value);
    if (problem === undefined) return;
    const message = `: ${[problem.message, problem.hint].filter(Boolean).join('; ')}`;
    context.issues.push({ code: 'custom', message, input: context.value });
  })
  .meta({ pattern: IDENTIFIER_PATTERN });

/** Go-style text, in milliseconds once parsed. */
export const duration = durationFrom(1);
/** A duration that may be zero. */
export const delay = durationFrom(0);

/** A number of bytes, or text with a unit; bytes once parsed. */
export const byteSize = z
  .union([z.string().meta({ pattern: BYTE_SIZE_PATTERN }), z.int().min(1)], {
    error: 'must be a size such as 4MiB',
  })
  .transform((size, context) => {
    const bytes = parseByteSize(size);
    if (bytes !== undefined) return bytes;
    context.addIssue('must be a size such as 4MiB');
    return z.NEVER;
  });

/** A positive whole number of things. */
export function count(most: number) {
  return z.int().min(1).max(most);
}

function durationFrom(least: 0 | 1) {
  const advice = 'must be a duration such as 30s or 1h30m';
  return z
    .string(advice)
    .meta({ pattern: DURATION_PATTERN, examples: ['30s', '1h30m', '250ms'] })
    .transform((text, context) => {
      try {
        const milliseconds = Math.ceil(parseDuration(text));
        if (milliseconds >= least) return milliseconds;
        context.addIssue('must be longer than zero');
      } catch {
        context.addIssue(advice);
      }
      return z.NEVER;
    });
}

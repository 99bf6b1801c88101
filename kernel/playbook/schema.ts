import * as z from 'zod';
import type { Json } from '../types/json.ts';
import { parseByteSize } from './byte-size.ts';
import { parseDuration } from './duration.ts';
import { checkIdentifier } from './names.ts';
import type { Path } from './source-map.ts';

const PLAYBOOK_NAME = /^[a-z][a-z0-9_-]{0,62}$/;
const HIDDEN_VARIABLE = /^(?:ORK_|COSIGN_|NODE_|LD_|PG)/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

const playbookName = z
  .string()
  .regex(PLAYBOOK_NAME, 'must be lower-case letters, digits, _ and -, starting with a letter');

const identifier = z.string().check((context) => {
  const problem = checkIdentifier(context.value);
  if (problem === undefined) return;
  const message = `: ${[problem.message, problem.hint].filter(Boolean).join('; ')}`;
  context.issues.push({ code: 'custom', message, input: context.value });
});

const duration = z.string('must be a duration such as 30s or 1h30m').transform((text, context) => {
  try {
    const milliseconds = Math.ceil(parseDuration(text));
    if (milliseconds > 0) return milliseconds;
    context.addIssue('must be longer than zero');
  } catch {
    context.addIssue('must be a duration such as 30s or 1h30m');
  }
  return z.NEVER;
});

const byteSize = z
  .union([z.string(), z.number()], 'must be a size such as 4MiB')
  .transform((size, context) => {
    const bytes = parseByteSize(size);
    if (bytes !== undefined) return bytes;
    context.addIssue('must be a size such as 4MiB');
    return z.NEVER;
  });

const json = z.custom<Json>(() => true);

const variableName = z.string().check((context) => {
  const message = HIDDEN_VARIABLE.test(context.value)
    ? `: ${context.value} is never given to a workload`
    : 'must be the name of an environment variable';
  if (!VARIABLE.test(context.value) || HIDDEN_VARIABLE.test(context.value)) {
    context.issues.push({ code: 'custom', message, input: context.value });
  }
});

const streamPolicy = z.strictObject({
  buffer_size: z.int().min(1).max(1_000_000).optional(),
  buffer_bytes: byteSize.optional(),
  overflow: z.literal('block').optional(),
});

const grantedPath = z
  .string()
  .min(1)
  .refine((path) => !path.includes('{{'), 'cannot hold a template in this version');

const securityContext = z.strictObject({
  sandbox: z.literal('none').optional(),
  filesystem: z
    .strictObject({
      read: z.array(grantedPath).optional(),
      write: z.array(grantedPath).optional(),
    })
    .optional(),
  env: z.array(variableName).optional(),
});

const lifecycle = z.strictObject({
  policy: z.literal('run_once', {
    error: 'must be run_once, supervise, event_driven or scheduled',
  }),
});

const process = z.strictObject({
  module: z.string(),
  params: z.record(z.string(), json).optional(),
});

const workload = z.strictObject({
  name: identifier,
  description: z.string().optional(),
  lifecycle,
  process,
  depends_on: z.array(z.string()).optional(),
  stream_inputs: z.array(z.string()).optional(),
  register: identifier.optional(),
  when: z.union([z.boolean(), z.string()], 'must be a boolean or a template').optional(),
  timeout: duration.optional(),
  ignore_errors: z.boolean().optional(),
  stream_policy: streamPolicy.optional(),
  security_context: securityContext.optional(),
});

/** What this version executes of a playbook, key by key. */
export const playbookSchema = z.strictObject({
  name: playbookName,
  schemaVersion: z.literal('v1.0.0'),
  description: z.string().optional(),
  vars: z.record(identifier, json).optional(),
  outputs: z.record(z.string(), json).optional(),
  timeout: duration.optional(),
  max_parallel: z.int().min(1).max(10_000).optional(),
  stream_policy: streamPolicy.optional(),
  security_context: securityContext.optional(),
  workloads: z.array(workload).min(1, 'must have at least one workload'),
});

export type PlaybookInput = z.output<typeof playbookSchema>;
export type WorkloadInput = z.output<typeof workload>;
export type SecurityInput = z.output<typeof securityContext>;
export type StreamPolicyInput = z.output<typeof streamPolicy>;

const SHAPES: [pattern: RegExp, keys: string[]][] = [
  [/^$/, Object.keys(playbookSchema.shape)],
  [/^workloads\.\d+$/, Object.keys(workload.shape)],
  [/(?:^|\.)lifecycle$/, Object.keys(lifecycle.shape)],
  [/(?:^|\.)process$/, Object.keys(process.shape)],
  [/(?:^|\.)stream_policy$/, Object.keys(streamPolicy.shape)],
  [/(?:^|\.)security_context$/, Object.keys(securityContext.shape)],
  [/(?:^|\.)filesystem$/, ['read', 'write']],
];

/** The keys that the schema knows for the map at a path: what an unknown key is compared with. */
export function knownKeys(path: Path): string[] {
  const text = path.join('.');
  return SHAPES.find(([pattern]) => pattern.test(text))?.[1] ?? [];
}

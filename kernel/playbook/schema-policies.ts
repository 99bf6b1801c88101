import * as z from 'zod';
import { ERROR_CODES } from '../types/errors.ts';
import { byteSize, count, delay, duration, identifier } from './schema-scalars.ts';

const OVERFLOW_POLICIES = ['block', 'drop_new', 'drop_old', 'fail'] as const;

export const streamPolicy = z
  .strictObject({
    buffer_size: count(1_000_000).optional().describe('Records that each channel holds; 1024.'),
    buffer_bytes: byteSize.optional().describe('Bytes that each channel holds; 4MiB.'),
    overflow: z
      .enum(OVERFLOW_POLICIES)
      .optional()
      .describe('What happens to a record that finds its channel full; block: it waits.'),
  })
  .describe('The channels that feed a workload.');

const statePath = z
  .string()
  .regex(
    /^[A-Za-z_][\w-]*(?:\.(?:[\w-]+|\*))*$/,
    'must be a path such as vars.region or _ork.workloads.build',
  );

export const statePolicy = z
  .strictObject({
    access: z
      .enum(['copy_on_write', 'read_only'])
      .optional()
      .describe('read_only: state.set is denied; copy_on_write when left out.'),
    read: z.array(statePath).optional().describe('Branches that the module may read.'),
  })
  .describe("How the workload may use the playbook's state.");

export const retryPolicy = z
  .strictObject({
    attempts: count(1000).describe('How many attempts in all, the first one included.'),
    delay: delay.optional().describe('Before the second attempt; 1s.'),
    factor: z.number().min(1).max(100).optional().describe('What each delay is multiplied by; 2.'),
    max_delay: duration.optional().describe('The longest delay; 30s.'),
    jitter: z.boolean().optional().describe('Whether delays are spread at random; true.'),
    on: z
      .array(z.enum(ERROR_CODES))
      .min(1)
      .optional()
      .describe('The error codes that are tried again; every one that can pass by when left out.'),
  })
  .check((context) => {
    const { delay: first, max_delay: most } = context.value;
    if (first === undefined || most === undefined || first <= most) return;
    const message = 'must not be longer than `max_delay`';
    context.issues.push({ code: 'custom', message, input: first, path: ['delay'] });
  })
  .describe('Tries again after a failure.');

export const loopControl = z
  .strictObject({
    parallel: count(1000).optional().describe('Items at once; 1.'),
    loop_var: identifier.optional().describe('The name of the item in templates; item.'),
    index_var: identifier.optional().describe('The name of its number, from 0, in templates.'),
    fail_fast: z
      .boolean()
      .optional()
      .describe('Whether the first failed item ends the loop; true.'),
  })
  .describe('How a loop runs.');

export const INPUT_TYPES = [
  'string',
  'number',
  'integer',
  'boolean',
  'list',
  'map',
  'any',
] as const;

export const inputDeclaration = z
  .strictObject({
    type: z.enum(INPUT_TYPES).optional().describe('What a value must be; any.'),
    default: z
      .custom<import('../types/json.ts').Json>(() => true)
      .optional()
      .describe('Its value when none is given.'),
    description: z.string().optional().describe('Text for people.'),
  })
  .describe('A parameter of the playbook; required unless it has a default.');

export const concurrency = z
  .strictObject({
    key: z.string().describe('Runs with the same key come one after the other; a template.'),
    policy: z.enum(['queue', 'skip', 'replace']).optional().describe('queue when left out.'),
  })
  .describe('How many runs of the playbook the daemon allows.');

export type StreamPolicyInput = z.output<typeof streamPolicy>;
export type StatePolicyInput = z.output<typeof statePolicy>;
export type RetryInput = z.output<typeof retryPolicy>;

import * as z from 'zod';
import { ERROR_CODES } from '../types/errors.ts';
import { about, byteSize, count, delay, duration, identifier } from './schema-scalars.ts';

const OVERFLOW_POLICIES = ['block', 'drop_new', 'drop_old', 'fail'] as const;

export const streamPolicy = z
  .strictObject({
    buffer_size: count(1_000_000)
      .optional()
      .register(...about('Records that each channel holds; 1024.')),
    buffer_bytes: byteSize.optional().register(...about('Bytes that each channel holds; 4MiB.')),
    overflow: z
      .enum(OVERFLOW_POLICIES)
      .optional()
      .register(...about('What happens to a record that finds its channel full; block: it waits.')),
  })
  .register(...about('The channels that feed a workload.'));

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
      .register(...about('read_only: state.set is denied; copy_on_write when left out.')),
    read: z
      .array(statePath)
      .optional()
      .register(...about('Branches that the module may read.')),
  })
  .register(...about("How the workload may use the playbook's state."));

export const retryPolicy = z
  .strictObject({
    attempts: count(1000).register(...about('How many attempts in all, the first one included.')),
    delay: delay.optional().register(...about('Before the second attempt; 1s.')),
    factor: z
      .number()
      .min(1)
      .max(100)
      .optional()
      .register(...about('What each delay is multiplied by; 2.')),
    max_delay: duration.optional().register(...about('The longest delay; 30s.')),
    jitter: z
      .boolean()
      .optional()
      .register(...about('Whether delays are spread at random; true.')),
    on: z
      .array(z.enum(ERROR_CODES))
      .min(1)
      .optional()
      .register(
        ...about('The error codes that are tried again; every one that can pass by when left out.'),
      ),
  })
  .check((context) => {
    const { delay: first, max_delay: most } = context.value;
    if (first === undefined || most === undefined || first <= most) return;
    const message = 'must not be longer than `max_delay`';
    context.issues.push({ code: 'custom', message, input: first, path: ['delay'] });
  })
  .register(...about('Tries again after a failure.'));

export const loopControl = z
  .strictObject({
    parallel: count(1000)
      .optional()
      .register(...about('Items at once; 1.')),
    loop_var: identifier.optional().register(...about('The name of the item in templates; item.')),
    index_var: identifier
      .optional()
      .register(...about('The name of its number, from 0, in templates.')),
    fail_fast: z
      .boolean()
      .optional()
      .register(...about('Whether the first failed item ends the loop; true.')),
  })
  .register(...about('How a loop runs.'));

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
    type: z
      .enum(INPUT_TYPES)
      .optional()
      .register(...about('What a value must be; any.')),
    default: z
      .custom<import('../types/json.ts').Json>(() => true)
      .optional()
      .register(...about('Its value when none is given.')),
    description: z
      .string()
      .optional()
      .register(...about('Text for people.')),
  })
  .register(...about('A parameter of the playbook; required unless it has a default.'));

export const concurrency = z
  .strictObject({
    key: z
      .string()
      .register(...about('Runs with the same key come one after the other; a template.')),
    policy: z
      .enum(['queue', 'skip', 'replace'])
      .optional()
      .register(...about('queue when left out.')),
  })
  .register(...about('How many runs of the playbook the daemon allows.'));

export type StreamPolicyInput = z.output<typeof streamPolicy>;
export type StatePolicyInput = z.output<typeof statePolicy>;
export type RetryInput = z.output<typeof retryPolicy>;

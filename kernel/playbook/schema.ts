import * as z from 'zod';
import { lifecycle } from './schema-lifecycle.ts';
import {
  concurrency,
  inputDeclaration,
  loopControl,
  retryPolicy,
  statePolicy,
  streamPolicy,
} from './schema-policies.ts';
import { about, count, duration, identifier, json, playbookName } from './schema-scalars.ts';
import { securityContext } from './schema-security.ts';
import type { Path } from './source-map.ts';

const process = z
  .strictObject({
    module: z
      .string()
      .min(1)
      .register(...about('What runs: family:module.')),
    params: z
      .record(z.string(), json)
      .optional()
      .register(...about('What the module is given; strings may be templates.')),
  })
  .register(...about('Which module runs, with which params.'));

const workload = z
  .strictObject({
    name: identifier.describe('Unique in the playbook.'),
    description: z
      .string()
      .optional()
      .register(...about('Text for people.')),
    lifecycle: lifecycle.describe('How the kernel keeps it.'),
    process,
    depends_on: z
      .array(z.string())
      .optional()
      .register(...about('Workloads that must have ended before.')),
    stream_inputs: z
      .array(z.string())
      .optional()
      .register(...about('Workloads whose records it reads: NAME or NAME.port.')),
    register: identifier.optional().register(...about('The name of its result in templates.')),
    when: z
      .union([z.boolean(), z.string()], 'must be a boolean or a template')
      .optional()
      .register(...about('Whether it runs; a template that yields a boolean.')),
    loop: z
      .union([z.array(json), z.string()], 'must be a list or a template that yields one')
      .optional()
      .register(...about('Runs once for each item.')),
    loop_control: loopControl.optional(),
    retry: retryPolicy.optional(),
    timeout: duration.optional().register(...about('For one attempt.')),
    ignore_errors: z
      .boolean()
      .optional()
      .register(...about('Whether the run goes on as if it had completed.')),
    finally: z
      .boolean()
      .optional()
      .register(...about('Whether it runs after all else, whatever the outcome.')),
    on_crash: z
      .enum(['rerun', 'fail'])
      .optional()
      .register(...about('What becomes of it when the daemon died while it ran.')),
    state_policy: statePolicy.optional(),
    stream_policy: streamPolicy.optional(),
    security_context: securityContext.optional(),
  })
  .register(...about('A process and how it is kept.'));

/** The language of playbooks, key by key. */
export const playbookSchema = z
  .strictObject({
    name: playbookName.describe('What the playbook is called.'),
    schemaVersion: z.literal('v1.0.0').register(...about('The version of this language.')),
    description: z
      .string()
      .optional()
      .register(...about('Text for people.')),
    inputs: z
      .record(identifier, inputDeclaration)
      .optional()
      .register(...about('Its parameters.')),
    vars: z
      .record(identifier, json)
      .optional()
      .register(...about('Names and values that templates read.')),
    outputs: z
      .record(z.string(), json)
      .optional()
      .register(...about('What the caller of a run gets back.')),
    timeout: duration.optional().register(...about('For a whole run.')),
    concurrency: concurrency.optional(),
    max_parallel: count(10_000)
      .optional()
      .register(...about('Groups at once; the cores, at least 2.')),
    state_policy: statePolicy.optional(),
    stream_policy: streamPolicy.optional(),
    security_context: securityContext.optional(),
    workloads: z
      .array(workload)
      .min(1, 'must have at least one workload')
      .register(...about('What is run.')),
  })
  .register(...about('An ORK playbook.'));

export type PlaybookInput = z.output<typeof playbookSchema>;
export type WorkloadInput = z.output<typeof workload>;
export type LifecycleInput = z.output<typeof lifecycle>;
export type { StreamPolicyInput } from './schema-policies.ts';
export type { SecurityInput } from './schema-security.ts';

/** The keys that the schema knows for the map at a path: what an unknown key is compared with. */
export function knownKeys(path: Path): string[] {
  const schemas = path.reduce<z.core.$ZodType[]>(
    (above, step) => above.flatMap((schema) => below(schema, step)),
    [playbookSchema],
  );
  const keys = schemas.flatMap(shapes).flatMap((shape) => Object.keys(shape));
  return [...new Set(keys)];
}

function below(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodArray) return typeof step === 'number' ? [bare.element] : [];
  if (bare instanceof z.ZodRecord) return [bare.valueType];
  return shapes(schema).flatMap((shape) => shape[step] ?? []);
}

/** The maps that a schema stands for: its own, or those of its alternatives. */
function shapes(schema: z.core.$ZodType): Record<string, z.core.$ZodType>[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return [bare.shape];
  return bare instanceof z.ZodUnion ? bare.options.flatMap(shapes) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}

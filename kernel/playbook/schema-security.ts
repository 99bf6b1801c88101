import * as z from 'zod';
import { connectProblem, isForbiddenPath, isListenAddress } from './grants.ts';
import { about, byteSize, count } from './schema-scalars.ts';

const HIDDEN_VARIABLE = /^(?:ORK_|COSIGN_|NODE_|LD_|PG)/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const variableName = z.string().check((context) => {
  const message = HIDDEN_VARIABLE.test(context.value)
    ? `: ${context.value} is never given to a workload`
    : 'must be the name of an environment variable';
  if (!VARIABLE.test(context.value) || HIDDEN_VARIABLE.test(context.value)) {
    context.issues.push({ code: 'custom', message, input: context.value });
  }
});

const grantedPath = z
  .string()
  .min(1)
  .refine((path) => !isForbiddenPath(path), 'is never given to a workload');

const endpointExamples = ['api.example.com:443', '10.0.0.0/8:5432', 'unix:/run/x.sock'];

const connectTo = z
  .string()
  .check((context) => {
    const message = connectProblem(context.value);
    if (message !== undefined) {
      context.issues.push({ code: 'custom', message, input: context.value });
    }
  })
  .meta({ examples: endpointExamples });

const listenOn = z
  .string()
  .refine(isListenAddress, 'must be an address of this host with a port, or unix:/path')
  .meta({ examples: ['127.0.0.1:8080', '[::1]:8080', 'unix:/run/x.sock'] });

/** Node itself has about a dozen threads. */
const MIN_PIDS = 16;

const resourceLimits = z
  .strictObject({
    memory_bytes: byteSize.optional().register(...about('Memory of the workload; 512MiB.')),
    cpu_quota_us: count(1_000_000_000)
      .optional()
      .register(...about('CPU time in each period.')),
    cpu_period_us: z
      .int()
      .min(1000)
      .max(1_000_000)
      .optional()
      .register(...about('The period; 100000.')),
    pids_max: z
      .int()
      .min(MIN_PIDS)
      .max(4_194_304)
      .optional()
      .register(...about('Processes and threads; 256.')),
    workspace_bytes: byteSize.optional().register(...about('How large the workspace may grow.')),
  })
  .register(...about('What the workload may use up.'));

const namespaces = z
  .strictObject({
    pid: z
      .boolean()
      .optional()
      .register(...about('Processes: it sees its own only.')),
    mount: z
      .boolean()
      .optional()
      .register(...about('Files: it sees what it is granted.')),
    ipc: z
      .boolean()
      .optional()
      .register(...about('Shared memory and message queues of System V.')),
    uts: z
      .boolean()
      .optional()
      .register(...about('The name of the host.')),
    user: z
      .union([z.boolean(), z.literal('auto')], 'must be true, false or auto')
      .optional()
      .register(...about('User ids; auto: where it is needed.')),
    net: z
      .boolean()
      .optional()
      .register(...about('false: the network of the host.')),
  })
  .register(...about('Which namespaces are new; all of them when left out.'));

/** The sandbox of a workload; every field loosens or tightens the strict default. */
export const securityContext = z
  .strictObject({
    sandbox: z
      .enum(['required', 'none'])
      .optional()
      .register(...about('none: runs without a sandbox, told in every report.')),
    seccomp_profile_path: z
      .string()
      .min(1)
      .optional()
      .register(...about('default, unconfined, or the path of a profile in OCI format.')),
    resource_limits: resourceLimits.optional(),
    namespaces: namespaces.optional(),
    network: z
      .strictObject({
        connect: z
          .array(connectTo)
          .optional()
          .register(...about('What it may connect to.')),
        listen: z
          .array(listenOn)
          .optional()
          .register(...about('Where it may listen.')),
      })
      .optional()
      .register(...about('What it may reach; nothing when left out.')),
    filesystem: z
      .strictObject({
        read: z
          .array(grantedPath)
          .optional()
          .register(...about('Files and folders to read.')),
        write: z
          .array(grantedPath)
          .optional()
          .register(...about('Files and folders to read and write.')),
      })
      .optional()
      .register(...about('Paths beyond the workspace; relative ones start at the workspace.')),
    env: z
      .array(variableName)
      .optional()
      .register(...about('Environment variables that it may see.')),
    run_as: z
      .union([z.string().min(1), z.int().min(0)], 'must be auto, a user name or a uid')
      .optional()
      .register(...about('auto: an unprivileged user.')),
  })
  .register(...about('The sandbox: what the workload may reach beyond the strict default.'));

export type SecurityInput = z.output<typeof securityContext>;

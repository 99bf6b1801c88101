import { CONTRACT, type FamilyManifest, type ModuleManifest } from '../types/manifest.ts';
import { packageVersion } from '../types/package-root.ts';

/** What a module shares with the rest of its family. */
export type FamilyFacts = Pick<
  FamilyManifest,
  'family' | 'version' | 'contract' | 'layer' | 'license'
>;

/** What is known of a module without loading it. */
export interface DescribedModule {
  manifest: ModuleManifest;
  family: FamilyFacts;
  version: string;
}

/** More steps than this are a program, not a pipeline. */
const MAX_STEPS = 32;

const PIPELINE: ModuleManifest = {
  name: 'stream:pipeline',
  summary: 'Runs modules one behind the other in one worker, as one workload.',
  params: {
    type: 'object',
    properties: {
      steps: {
        type: 'array',
        description: 'Each hands its records to the next. Templates may stand in params.',
        minItems: 1,
        maxItems: MAX_STEPS,
        items: {
          type: 'object',
          properties: { module: { type: 'string' }, params: { type: 'object' } },
          required: ['module'],
          additionalProperties: false,
        },
      },
    },
    required: ['steps'],
    additionalProperties: false,
  },
  result: {
    type: 'object',
    properties: {
      steps: {
        type: 'array',
        description: 'Module and summary of each step; the fields of the last one stand beside it.',
        items: {
          type: 'object',
          properties: { module: { type: 'string' }, summary: { type: 'object' } },
          required: ['module', 'summary'],
        },
      },
    },
    required: ['steps'],
    additionalProperties: true,
  },
  stream: 'transform',
  ports: [],
  expressions: [],
  code: [],
  capabilities: [],
  idempotent: true,
  supports_dry_run: true,
  reusable: true,
  examples: [
    {
      description: 'Prices above ten, with their tax',
      params: {
        steps: [
          { module: 'data:filter', params: { where: 'record.price > 10.0' } },
          { module: 'data:map', params: { set: { tax: 'record.price * 0.19' } } },
        ],
      },
    },
  ],
};

const PLAYBOOK: ModuleManifest = {
  name: 'control:playbook',
  summary: 'Runs another playbook as one workload; its outputs are the summary.',
  params: {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        description:
          'The file, as seen from the folder of this playbook. Templates cannot stand here.',
        minLength: 1,
      },
      inputs: {
        type: 'object',
        description: 'Values for the inputs that the playbook declares.',
        default: {},
      },
    },
    required: ['path'],
    additionalProperties: false,
  },
  result: {
    type: 'object',
    description: 'What the playbook declares under `outputs`.',
    properties: {},
    additionalProperties: true,
  },
  stream: 'none',
  ports: [],
  expressions: [],
  code: [],
  capabilities: [],
  idempotent: false,
  supports_dry_run: true,
  reusable: false,
  examples: [
    {
      description: 'The same steps for another host',
      params: { path: 'lib/check.yaml', inputs: { host: 'alpha', port: 8080 } },
    },
  ],
};

/** The modules that the engine itself provides: they have a manifest, and no component. */
export function builtInModules(): DescribedModule[] {
  return [describe(PIPELINE, 'stream', 4), describe(PLAYBOOK, 'control', 1)];
}

function describe(manifest: ModuleManifest, family: string, layer: number): DescribedModule {
  const version = packageVersion();
  return {
    manifest,
    family: { family, version, contract: CONTRACT, layer, license: 'Apache-2.0' },
    version,
  };
}

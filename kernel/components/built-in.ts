import { CONTRACT, type FamilyManifest, type ModuleManifest } from '../types/manifest.ts';
import { packageVersion } from './package-root.ts';

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

/** The modules that the engine itself provides: they have a manifest, and no component. */
export function builtInModules(): DescribedModule[] {
  const version = packageVersion();
  const family = { family: 'stream', version, contract: CONTRACT, layer: 4, license: 'Apache-2.0' };
  return [{ manifest: PIPELINE, family, version }];
}

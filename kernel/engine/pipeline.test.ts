import { expect, test } from 'vitest';
import { manifest } from '../../test/fixtures/playbooks/catalog.ts';
import { builtInModules, type DescribedModule } from '../components/built-in.ts';
import type { ModuleRegistry, RegisteredModule } from '../components/registry.ts';
import type { ModuleManifest } from '../types/manifest.ts';
import { prepareModule } from './pipeline.ts';

const PARAMS = {
  type: 'object',
  properties: { least: { type: 'integer', default: 3 } },
  additionalProperties: false,
};

const MODULES = [
  manifest('a:one', { stream: 'producer', capabilities: ['process'], supports_dry_run: true }),
  manifest('a:two', {
    params: PARAMS,
    stream: 'transform',
    ports: ['dead_letter'],
    capabilities: ['process', 'expressions'],
    reusable: false,
  }),
];

function described(module: ModuleManifest): RegisteredModule {
  const family = { family: 'a', version: '1.0.0', contract: 'ork:module@1', layer: 1, license: '' };
  const component = { glue: `${module.name}.js`, cores: {}, capabilities: [] };
  return { manifest: module, family, version: family.version, component, sha256: module.name };
}

const known = new Map<string, DescribedModule>([
  ...builtInModules().map((module) => [module.manifest.name, module] as const),
  ...MODULES.map((module) => [module.name, described(module)] as const),
]);
const registry = {
  describe: (name: string) => known.get(name),
  get: (name: string) => known.get(name),
} as unknown as ModuleRegistry;

test('a module is asked for with the defaults of its params', () => {
  expect(prepareModule(registry, 'a:two', {})).toEqual({
    request: {
      component: described(MODULES[1] as ModuleManifest).component,
      module: 'a:two',
      params: { least: 3 },
      capabilities: ['process', 'expressions'],
      reusable: false,
    },
    modules: [{ module: 'a:two', family: 'a', version: '1.0.0', sha256: 'a:two' }],
    supportsDryRun: false,
  });
});

test('a pipeline is asked for with all of its steps, and needs what they need', () => {
  const steps = [{ module: 'a:one' }, { module: 'a:two', params: { least: 5 } }];
  const { request, supportsDryRun } = prepareModule(registry, 'stream:pipeline', { steps });
  expect(request).toMatchObject({
    module: 'stream:pipeline',
    capabilities: ['process', 'expressions'],
    steps: [
      { module: 'a:one', params: {}, ports: [], reusable: true },
      { module: 'a:two', params: { least: 5 }, ports: ['dead_letter'], reusable: false },
    ],
  });
  expect(supportsDryRun).toBe(false);
});

test('a pipeline loads a module once that several of its steps have', () => {
  const steps = ['a:one', 'a:two', 'a:one'].map((module) => ({ module }));
  const { modules } = prepareModule(registry, 'stream:pipeline', { steps });
  expect(modules.map(({ module }) => module)).toEqual(['a:one', 'a:two']);
});

test('params that turn out wrong once they are rendered name their step', () => {
  const steps = [{ module: 'a:one' }, { module: 'a:two', params: { least: 'many' } }];
  expect(() => prepareModule(registry, 'stream:pipeline', { steps })).toThrow(
    expect.objectContaining({
      code: 'invalid-argument',
      reason: 'params.invalid',
      message: 'step 2: a:two: params.least: expected number, got string',
    }),
  );
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineFamily, defineModule } from './define.ts';
import { deriveManifest } from './manifest.ts';

function familyOf(...modules: ReturnType<typeof defineModule>[]) {
  const about = { version: '1.0.0', layer: 1, description: 'x', license: 'MIT' };
  return defineFamily({ family: 'fam', ...about, modules });
}

const full = defineModule({
  name: 'full',
  summary: 'Everything.',
  params: z.object({ a: z.string().default('x'), b: z.int().optional() }),
  result: z.object({ c: z.string() }),
  capabilities: ['process', 'files'],
  stream: 'producer',
  ports: ['side'],
  code: ['a'],
  supportsDryRun: true,
  perform: () => ({ c: '' }),
});

describe('deriveManifest', () => {
  it('derives the schemas, with defaults that may be left out, closed to other params', () => {
    const [module] = deriveManifest(familyOf(full)).modules;
    expect(module?.params).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string', default: 'x' },
        b: expect.objectContaining({ type: 'integer' }),
      },
      additionalProperties: false,
    });
    expect(module?.result).toMatchObject({ required: ['c'] });
  });

  it('names modules after their family, and lists capabilities in one order', () => {
    const same = { ...full, name: 'fam', capabilities: ['state' as const] };
    const manifest = deriveManifest(familyOf(full, same));
    expect(manifest.modules.map(({ name }) => name)).toEqual(['fam:full', 'fam']);
    expect(manifest.capabilities).toEqual(['state', 'files', 'process']);
    expect(manifest.contract).toBe('ork:module@1');
    expect(manifest.modules[0]).toMatchObject({ supports_dry_run: true, reusable: false });
  });

  it('leaves a loose object open, and refuses params that are no object', () => {
    const loose = { ...full, params: z.looseObject({}) };
    const [module] = deriveManifest(familyOf(loose)).modules;
    expect(module?.params['additionalProperties']).toEqual({});
    const wrong = { ...full, params: z.string() };
    expect(() => deriveManifest(familyOf(wrong))).toThrow('params of fam:full');
  });

  it('refuses a capability that does not exist, which nothing else would notice', () => {
    const misspelt = { ...full, capabilities: ['flles' as 'files'] };
    expect(() => deriveManifest(familyOf(misspelt))).toThrow("fam:full declares 'flles'");
  });
});

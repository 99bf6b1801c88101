import { describe, expect, it } from 'vitest';
import type { FamilyManifest } from '../types/manifest.ts';
import { appendCustomSection } from './custom-section.ts';
import { parseManifest, parseModuleIndex, readManifest } from './manifest.ts';

const EMPTY = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);

const module: FamilyManifest['modules'][number] = {
  name: 'fam:one',
  summary: 'One.',
  params: { type: 'object', additionalProperties: false },
  result: { type: 'object' },
  stream: 'none',
  ports: [],
  expressions: [],
  code: [],
  capabilities: ['files'],
  idempotent: true,
  supports_dry_run: false,
  reusable: false,
  examples: [],
};

const manifest: FamilyManifest = {
  family: 'fam',
  version: '1.0.0',
  contract: 'ork:module@1',
  layer: 1,
  description: 'x',
  license: 'MIT',
  capabilities: ['files'],
  modules: [module],
};

function componentWith(text: string): Uint8Array {
  return appendCustomSection(EMPTY, 'ork:manifest', new TextEncoder().encode(text));
}

describe('parseManifest', () => {
  it('accepts what the SDK writes', () => {
    expect(parseManifest(manifest, 'x')).toEqual(manifest);
  });

  it.each<[string, object]>([
    ['another contract', { contract: 'ork:module@2' }],
    ['an unknown key', { extra: 1 }],
    ['no modules', { modules: [] }],
    ['a module of another family', { modules: [{ ...module, name: 'other:one' }] }],
    ['a module twice', { modules: [module, module] }],
    ['a capability that the family does not declare', { capabilities: [] }],
    ['an unknown capability', { capabilities: ['files', 'root'] }],
    ['a summary of two lines', { modules: [{ ...module, summary: 'a\nb' }] }],
    ['params that are no object', { modules: [{ ...module, params: { type: 'string' } }] }],
    ['a layer that does not exist', { layer: 7 }],
  ])('refuses %s', (_, change) => {
    expect(() => parseManifest({ ...manifest, ...change }, 'x.wasm')).toThrow(
      expect.objectContaining({
        reason: 'manifest.invalid',
        message: expect.stringContaining('The manifest of x.wasm is not valid'),
      }),
    );
  });
});

describe('readManifest', () => {
  it('reads it from the bytes of a component', () => {
    expect(readManifest(componentWith(JSON.stringify(manifest)), 'x')).toEqual(manifest);
  });

  it.each([
    ['no section', EMPTY],
    ['no component', new Uint8Array(3)],
    ['no JSON', componentWith('{')],
    ['no UTF-8', appendCustomSection(EMPTY, 'ork:manifest', Uint8Array.of(0xff))],
    ['too much', componentWith(`"${'x'.repeat(1024 * 1024)}"`)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readManifest(bytes, 'x')).toThrow(
      expect.objectContaining({ reason: 'manifest.invalid' }),
    );
  });
});

describe('parseModuleIndex', () => {
  const digest = 'a'.repeat(64);
  const entry = {
    family: 'fam',
    wasm: 'fam.wasm',
    sha256: digest,
    manifest,
    glue: { path: 'fam/glue.js', sha256: digest },
    cores: { 'g.core.wasm': digest },
    buildKey: digest,
  };

  it('accepts what the build writes', () => {
    const index = { version: 1, families: [entry] };
    expect(parseModuleIndex(JSON.stringify(index), 'i')).toEqual(index);
  });

  it.each<[string, object]>([
    ['another version', { version: 2, families: [] }],
    ['a core that is named by something else', { cores: { 'g.core.wasm': '../../etc' } }],
    ['a path out of the folder', { glue: { path: '../glue.js', sha256: digest } }],
    ['an absolute path', { wasm: '/tmp/x.wasm' }],
  ])('refuses %s', (_, change) => {
    const index =
      'version' in change ? change : { version: 1, families: [{ ...entry, ...change }] };
    expect(() => parseModuleIndex(JSON.stringify(index), 'i')).toThrow('i is not valid');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModuleManifest } from '../types/manifest.ts';
import type { ModuleIndex } from './manifest.ts';
import { ModuleRegistry } from './registry.ts';

const sha256 = 'a'.repeat(64);
const core = 'b'.repeat(64);
const manifest = { name: 'fam:one', ports: [] } as unknown as ModuleManifest;
const index = {
  version: 1,
  families: [
    {
      family: 'fam',
      sha256,
      manifest: { family: 'fam', version: '2.1.0', capabilities: ['files'], modules: [manifest] },
      glue: { path: 'fam/glue.js', sha256 },
      cores: { 'one.core.wasm': core },
    },
  ],
} as unknown as ModuleIndex;
const registry = new ModuleRegistry(index, '/lib');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ork-registry-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a module comes with the files of its family, its version and digest', () => {
  expect(registry.get('fam:one')).toEqual({
    manifest,
    family: index.families[0]?.manifest,
    version: '2.1.0',
    sha256,
    component: {
      glue: '/lib/fam/glue.js',
      cores: { 'one.core.wasm': `/lib/cores/${core}.wasm` },
      capabilities: ['files'],
    },
  });
  expect(registry.find('fam:one')).toBe(manifest);
});

test("the engine's own modules are described, and have no component", () => {
  expect(registry.describe('stream:pipeline').manifest.name).toBe('stream:pipeline');
  expect(registry.componentOf('stream:pipeline')).toBeUndefined();
  expect(() => registry.get('stream:pipeline')).toThrow(
    expect.objectContaining({ code: 'unsupported', reason: 'module.built-in' }),
  );
});

test('a name that nobody has is unknown', () => {
  expect(registry.find('fam:two')).toBeUndefined();
  const unknown = expect.objectContaining({ code: 'not-found', reason: 'module.unknown' });
  expect(() => registry.get('fam:two')).toThrow(unknown);
  expect(() => registry.describe('fam:two')).toThrow(unknown);
});

test('all modules are listed by name', () => {
  const names = registry.all().map((module) => module.manifest.name);
  expect(names).toEqual(['control:playbook', 'fam:one', 'stream:pipeline']);
  expect(registry.names().sort()).toEqual(names);
});

test('a folder without a library says how to get one', () => {
  expect(() => ModuleRegistry.load(path.join(folder, 'absent'))).toThrow(
    expect.objectContaining({ code: 'failed-precondition', reason: 'modules.not-built' }),
  );
});

test.each(['', '{', '[]', '{"version": 2, "families": []}', '{"version": 1}'])(
  'an index that reads %j is none',
  async (text) => {
    await writeFile(path.join(folder, 'index.json'), text);
    expect(() => ModuleRegistry.load(folder)).toThrow(
      expect.objectContaining({ code: 'failed-precondition', reason: 'modules.invalid-index' }),
    );
  },
);

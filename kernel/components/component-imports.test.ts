import { describe, expect, it } from 'vitest';
import { checkImports, readImports } from './component-imports.ts';

function component(...imports: { name: string; description: number[] }[]): Uint8Array {
  const encoded = imports.flatMap(({ name, description }) => {
    const bytes = new TextEncoder().encode(name);
    return [0, bytes.length, ...bytes, ...description];
  });
  const body = [imports.length, ...encoded];
  return Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 10, body.length, ...body);
}

const INSTANCE = [5, 0];

describe('readImports', () => {
  it('lists interfaces, and passes over types', () => {
    const bytes = component(
      { name: 'ork:module/log@1.0.0', description: INSTANCE },
      { name: 'json', description: [3, 0, 4] },
      { name: 'wasi:io/poll@0.2.12', description: INSTANCE },
    );
    expect(readImports(bytes)).toEqual(['ork:module/log@1.0.0', 'wasi:io/poll@0.2.12']);
  });

  it.each([
    ['a function', [1, 0]],
    ['a core module', [0, 0x11, 0]],
    ['a component', [4, 0]],
    ['a resource of the world itself', [3, 1]],
  ])('refuses %s', (_, description) => {
    expect(() => readImports(component({ name: 'x', description }))).toThrow("import 'x'");
  });
});

describe('checkImports', () => {
  it('allows the base world, the engine, and what is declared', () => {
    const imports = [
      'ork:module/types@1.0.0',
      'ork:module/streams@1.2.0',
      'ork:module/files@1.0.0',
      'wasi:cli/stderr@0.2.12',
    ];
    expect(() => checkImports(imports, ['files'])).not.toThrow();
    expect(() => checkImports(['ork:module/connections@1.0.0'], ['http'])).not.toThrow();
  });

  it.each([
    ['ork:module/files@1.0.0', 'module.undeclared-import'],
    ['ork:module/future@1.0.0', 'module.undeclared-import'],
    ['ork:module/log@2.0.0', 'module.contract-version'],
    ['ork:module/log', 'module.contract-version'],
    ['wasi:sockets/tcp@0.2.12', 'module.unknown-import'],
    ['wasi:cli/stderr@0.3.0', 'module.unknown-import'],
    ['evil:module/log@1.0.0', 'module.unknown-import'],
  ])('refuses %s', (name, reason) => {
    expect(() => checkImports([name], ['process'])).toThrow(expect.objectContaining({ reason }));
  });
});

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readImports } from '../component-imports.ts';
import { readManifest } from '../manifest.ts';
import { buildModule } from './build-module.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ork-build-test-'));
  await mkdir(join(folder, 'fam'));
  await mkdir(join(folder, 'tmp'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function source(perform: string, { capabilities = '', top = '' } = {}): string {
  return `import * as z from 'zod';
import { defineFamily, defineModule } from '@ork/sdk';
${top}
const one = defineModule({
  name: 'one',
  summary: 'One.',
  params: z.object({ a: z.string().default('x') }),
  result: z.object({}),
  capabilities: [${capabilities}],
  perform(ctx) { ${perform} },
});
export default defineFamily({
  family: 'fam', version: '0.1.0', layer: 5, description: 'x', license: 'MIT', modules: [one],
});
`;
}

async function build(text: string) {
  await writeFile(join(folder, 'fam', 'index.ts'), text);
  const temporaryDirectory = join(folder, 'tmp');
  return buildModule({ directory: join(folder, 'fam'), temporaryDirectory });
}

describe('buildModule', () => {
  it('builds a component that imports what is declared and carries its manifest', async () => {
    const wasmOut = join(folder, 'out', 'fam.wasm');
    await writeFile(
      join(folder, 'fam', 'index.ts'),
      source('return {};', { capabilities: "'state'" }),
    );
    const built = await buildModule({ directory: join(folder, 'fam'), wasmOut });
    const interfaces = readImports(built.component).filter((name) => name.startsWith('ork:'));
    expect(interfaces.map((name) => name.replace(/^ork:module\/|@.*/g, '')).sort()).toEqual([
      'clock',
      'entropy',
      'log',
      'runtime',
      'service',
      'state',
      'streams',
      'types',
    ]);
    expect(readManifest(built.component, 'fam')).toEqual(built.manifest);
    expect(built.manifest.capabilities).toEqual(['state']);
    expect(built.inputs).toContain(join(folder, 'fam', 'index.ts'));
    expect(await readdir(join(folder, 'out'))).toEqual(['fam.wasm']);
  });

  it('names file and line of what cannot be bundled', async () => {
    const error = await build(source('return {', {})).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid-argument', reason: 'build.bundle' });
    expect((error as Error).message).toMatch(/fam\/index\.ts:\d+:\d+: /);
  });

  it('says what top-level code did wrong', async () => {
    await expect(build(source('return {};', { top: 'throw new Error("early");' }))).rejects.toThrow(
      'cannot be run: early',
    );
    await expect(build(source('return {};', { top: 'Math.random();' }))).rejects.toMatchObject({
      reason: 'build.componentize',
    });
    await expect(build('export const x = 1;')).rejects.toMatchObject({ reason: 'build.no-family' });
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  it('refuses imports of the host that are not declared', async () => {
    const top = "import { readText } from 'ork:module/files@1.0.0';";
    await expect(build(source("return { x: readText('x') };", { top }))).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });
});

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildStandardLibrary, type FamilyProgress } from './build-library.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ork-library-test-'));
  await addFamily('aaa');
  await addFamily('bbb');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function addFamily(name: string, body = 'return {};'): Promise<void> {
  await mkdir(join(folder, 'modules', name), { recursive: true });
  const text = `import * as z from 'zod';
import { defineFamily, defineModule } from '@ork/sdk';
const one = defineModule({
  name: 'one', summary: 'x', params: z.object({}), result: z.object({}), perform() { ${body} },
});
export default defineFamily({
  family: '${name}', version: '1.0.0', layer: 1, description: 'x', license: 'x', modules: [one],
});
`;
  await writeFile(join(folder, 'modules', name, 'index.ts'), text);
}

async function build(signal?: AbortSignal) {
  const progress: FamilyProgress[] = [];
  const index = await buildStandardLibrary({
    modulesDirectory: join(folder, 'modules'),
    outputDirectory: join(folder, 'out'),
    jobs: 2,
    ...(signal === undefined ? {} : { signal }),
    onFamily: (one) => progress.push(one),
  });
  const steps = progress.map(({ family, status }) => `${family} ${status}`).sort();
  return { index, steps };
}

const readIndex = () => readFile(join(folder, 'out', 'index.json'), 'utf8');
const staging = async () =>
  (await readdir(join(folder, 'out'))).filter((name) => name.startsWith('.'));

it('builds what changed, and nothing else', { timeout: 60_000 }, async () => {
  const first = await build();
  expect(first.steps).toEqual(['aaa built', 'bbb built']);
  expect(JSON.parse(await readIndex())).toEqual(first.index);
  for (const { glue, wasm, cores } of first.index.families) {
    const paths = [glue.path, wasm, ...Object.values(cores).map((core) => `cores/${core}.wasm`)];
    expect(paths.filter((path) => !existsSync(join(folder, 'out', path)))).toEqual([]);
  }
  const again = await build();
  expect(again.steps).toEqual(['aaa unchanged', 'bbb unchanged']);
  expect(again.index).toEqual(first.index);

  await addFamily('bbb', 'return { x: 1 };');
  const changed = await build();
  expect(changed.steps).toEqual(['aaa unchanged', 'bbb built']);
  const cores = new Set(changed.index.families.flatMap((one) => Object.values(one.cores)));
  expect((await readdir(join(folder, 'out', 'cores'))).sort()).toEqual(
    [...cores].map((core) => `${core}.wasm`).sort(),
  );

  // A broken module, and a stopped build, leave what was there.
  const before = await readIndex();
  await addFamily('bbb', 'return {');
  await expect(build()).rejects.toThrow(/modules\/bbb\/index\.ts:\d+:\d+/);
  await addFamily('bbb', 'return { x: 2 };');
  await expect(build(AbortSignal.timeout(300))).rejects.toMatchObject({ code: 'canceled' });
  expect(await readIndex()).toBe(before);
  expect(await staging()).toEqual([]);

  await rm(join(folder, 'modules', 'bbb'), { recursive: true });
  expect((await build()).steps).toEqual(['aaa unchanged', 'bbb removed']);
  expect((await readdir(join(folder, 'out'))).sort()).toEqual([
    'aaa',
    'aaa.wasm',
    'cores',
    'index.json',
  ]);
});

it('wants folders to be called like their family', { timeout: 120_000 }, async () => {
  await addFamily('ccc');
  const text = await readFile(join(folder, 'modules', 'ccc', 'index.ts'), 'utf8');
  await writeFile(join(folder, 'modules', 'ccc', 'index.ts'), text.replace("'ccc'", "'ddd'"));
  await expect(build()).rejects.toMatchObject({ reason: 'build.family-name' });
  expect(existsSync(join(folder, 'out', 'index.json'))).toBe(false);
});

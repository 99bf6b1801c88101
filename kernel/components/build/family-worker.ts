/** Builds one family in a process of its own; started by `family-process.ts`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { asOrkError, type ErrorDetails, OrkError } from '../../types/errors.ts';
import { packageRoot } from '../../types/package-root.ts';
import type { IndexedFamily } from '../manifest.ts';
import { buildModule, digest } from './build-module.ts';
import { buildKey, toolKey } from './build-record.ts';
import { transpileComponent } from './transpile.ts';

/** What the parent asks for. */
export interface FamilyRequest {
  directory: string;
  /** Where all outputs go; the parent moves them to their place. */
  staging: string;
}

export type FamilyReply = { entry: IndexedFamily } | { error: ErrorDetails };

async function buildFamily({ directory, staging }: FamilyRequest): Promise<IndexedFamily> {
  const root = packageRoot();
  const family = basename(directory);
  const built = await buildModule({ directory, temporaryDirectory: staging });
  if (built.manifest.family !== family) {
    const message = `The folder ${directory} holds the family '${built.manifest.family}'.`;
    throw new OrkError('invalid-argument', message, {
      reason: 'build.family-name',
      hint: 'A folder of the standard library is called like its family.',
    });
  }
  const { glue, cores } = await transpileComponent(built.component);
  const inputs = built.inputs.map((input) => relative(root, input));
  const key = buildKey(toolKey(root), root, inputs);
  if (key === undefined) throw new OrkError('failed-precondition', 'A source file disappeared.');
  await mkdir(join(staging, family), { recursive: true });
  await writeFile(join(staging, `${family}.wasm`), built.component);
  await writeFile(join(staging, family, 'glue.js'), glue);
  await writeFile(join(staging, family, 'package.json'), '{"type":"module"}\n');
  await writeFile(join(staging, family, 'inputs.json'), `${JSON.stringify({ inputs })}\n`);
  return {
    family,
    wasm: `${family}.wasm`,
    sha256: built.sha256,
    manifest: built.manifest,
    glue: { path: `${family}/glue.js`, sha256: digest(glue) },
    cores: await writeCores(cores, join(staging, 'cores')),
    buildKey: key,
  };
}

async function writeCores(
  cores: ReadonlyMap<string, Uint8Array>,
  directory: string,
): Promise<Record<string, string>> {
  await mkdir(directory, { recursive: true });
  const digests: Record<string, string> = {};
  for (const [name, bytes] of [...cores].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sha256 = digest(bytes);
    digests[name] = sha256;
    await writeFile(join(directory, `${sha256}.wasm`), bytes);
  }
  return digests;
}

process.once('message', (request: FamilyRequest) => {
  buildFamily(request)
    .then((entry): FamilyReply => ({ entry }))
    .catch((thrown: unknown): FamilyReply => ({ error: asOrkError(thrown).toDetails() }))
    .then((reply) => process.send?.(reply, () => process.disconnect?.()));
});

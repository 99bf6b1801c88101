import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { asOrkError, OrkError } from '../../types/errors.ts';
import { packageRoot } from '../../types/package-root.ts';
import { type IndexedFamily, type ModuleIndex, parseModuleIndex } from '../manifest.ts';
import { buildKey, readRecord, toolKey } from './build-record.ts';
import { buildFamilyProcess } from './family-process.ts';
import { withStaging } from './staging.ts';

export interface BuildLibraryOptions {
  modulesDirectory: string;
  outputDirectory: string;
  /** How many families are built at once; one per core when left out. */
  jobs?: number;
  signal?: AbortSignal;
  onFamily?: (progress: FamilyProgress) => void;
}

export interface FamilyProgress {
  family: string;
  status: 'built' | 'unchanged' | 'removed';
  milliseconds: number;
}

/** Builds what changed of a folder of families; when one fails, the previous build stays as it was. */
export async function buildStandardLibrary(options: BuildLibraryOptions): Promise<ModuleIndex> {
  const output = resolve(options.outputDirectory);
  const folders = familyFolders(resolve(options.modulesDirectory));
  const previous = readIndex(join(output, 'index.json'));
  const current = unchanged(folders, previous, output);
  const stale = folders.filter(({ name }) => !current.has(name));
  for (const family of current.keys()) {
    options.onFamily?.({ family, status: 'unchanged', milliseconds: 0 });
  }
  if (stale.length === 0 && previous?.families.length === folders.length) return previous;
  return withStaging(output, async (staging) => {
    const built = await buildAll(stale, staging, options);
    const families = [...current.values(), ...built].sort((a, b) => (a.family < b.family ? -1 : 1));
    const index: ModuleIndex = { version: 1, families };
    await install(staging, output, built, index);
    for (const family of await removeStale(output, previous, index)) {
      options.onFamily?.({ family, status: 'removed', milliseconds: 0 });
    }
    return index;
  });
}

interface Folder {
  name: string;
  directory: string;
}

function familyFolders(modules: string): Folder[] {
  const folders = readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(modules, entry.name, 'index.ts')))
    .map(({ name }) => ({ name, directory: join(modules, name) }));
  return folders.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** An index that cannot be read is as good as none: everything is built again. */
function readIndex(path: string): ModuleIndex | undefined {
  try {
    return parseModuleIndex(readFileSync(path, 'utf8'), path);
  } catch {
    return undefined;
  }
}

function unchanged(
  folders: readonly Folder[],
  previous: ModuleIndex | undefined,
  output: string,
): Map<string, IndexedFamily> {
  const root = packageRoot();
  const shared = toolKey(root);
  const found = new Map<string, IndexedFamily>();
  for (const { name } of folders) {
    const entry = previous?.families.find(({ family }) => family === name);
    const record = readRecord(join(output, name, 'inputs.json'));
    if (entry === undefined || record === undefined) continue;
    const isCurrent = buildKey(shared, root, record.inputs) === entry.buildKey;
    if (isCurrent && outputsOf(entry).every((path) => existsSync(join(output, path)))) {
      found.set(name, entry);
    }
  }
  return found;
}

function outputsOf({ family, wasm, glue, cores }: IndexedFamily): string[] {
  return [wasm, glue.path, `${family}/package.json`, ...Object.values(cores).map(corePath)];
}

function corePath(sha256: string): string {
  return `cores/${sha256}.wasm`;
}

async function buildAll(
  folders: readonly Folder[],
  staging: string,
  options: BuildLibraryOptions,
): Promise<IndexedFamily[]> {
  const waiting = [...folders];
  const built: IndexedFamily[] = [];
  const stop = new AbortController();
  const signals = options.signal === undefined ? [stop.signal] : [stop.signal, options.signal];
  const signal = AbortSignal.any(signals);
  const buildNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const start = performance.now();
      const entry = await buildFamilyProcess({ directory: next.directory, staging }, signal);
      built.push(entry);
      const milliseconds = Math.round(performance.now() - start);
      options.onFamily?.({ family: entry.family, status: 'built', milliseconds });
    }
  };
  const jobs = Math.min(options.jobs ?? availableParallelism(), folders.length);
  const runners = Array.from({ length: jobs }, buildNext);
  try {
    await Promise.all(runners);
  } catch (error) {
    waiting.length = 0;
    stop.abort();
    // The children must be gone before their files are.
    await Promise.allSettled(runners);
    throw options.signal?.aborted ? canceled() : asOrkError(error);
  }
  return built;
}

function canceled(): OrkError {
  return new OrkError('canceled', 'The build was stopped; the previous one is untouched.');
}

/** The index comes last: until then, readers see the previous one. */
async function install(
  staging: string,
  output: string,
  built: readonly IndexedFamily[],
  index: ModuleIndex,
): Promise<void> {
  await mkdir(join(output, 'cores'), { recursive: true });
  for (const entry of built) {
    for (const sha256 of Object.values(entry.cores)) {
      const target = join(output, corePath(sha256));
      if (!existsSync(target)) await rename(join(staging, corePath(sha256)), target);
    }
    await mkdir(join(output, entry.family), { recursive: true });
    for (const file of ['glue.js', 'package.json', 'inputs.json']) {
      await rename(join(staging, entry.family, file), join(output, entry.family, file));
    }
    await rename(join(staging, entry.wasm), join(output, entry.wasm));
  }
  await writeFile(join(staging, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
  await rename(join(staging, 'index.json'), join(output, 'index.json'));
}

/** Removes the families that are gone, and cores that nobody asks for; returns the families. */
async function removeStale(
  output: string,
  previous: ModuleIndex | undefined,
  index: ModuleIndex,
): Promise<string[]> {
  const kept = new Set(index.families.map(({ family }) => family));
  const gone = (previous?.families ?? []).filter(({ family }) => !kept.has(family));
  for (const { family, wasm } of gone) {
    await rm(join(output, wasm), { force: true });
    await rm(join(output, family), { recursive: true, force: true });
  }
  const used = new Set(index.families.flatMap(({ cores }) => Object.values(cores).map(corePath)));
  for (const name of await readdir(join(output, 'cores'))) {
    if (!used.has(`cores/${name}`)) await rm(join(output, 'cores', name), { force: true });
  }
  return gone.map(({ family }) => family);
}

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, relative, resolve } from 'node:path';
import * as z from 'zod';

/** What decides the output besides the family's own files. */
const TOOLS = ['componentize-qjs', '@bytecodealliance/jco-transpile', 'esbuild', 'zod'];

/** Beside the outputs of a build: the files that went into it, relative to the project. */
const buildRecord = z.strictObject({ inputs: z.array(z.string()) });
export type BuildRecord = z.infer<typeof buildRecord>;

/** The record of a family's last build, if it can be read. */
export function readRecord(path: string): BuildRecord | undefined {
  try {
    return buildRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A digest of the SDK, the contract, this build and its tools: what all families share. */
export function toolKey(root: string): string {
  const hash = createHash('sha256');
  for (const tool of TOOLS) hash.update(`${tool} ${installedVersion(tool)}\n`);
  for (const file of sharedFiles(root)) addFile(hash, root, file);
  return hash.digest('hex');
}

/** A digest of one family's files and of what all share; nothing when a file is gone. */
export function buildKey(
  shared: string,
  root: string,
  inputs: readonly string[],
): string | undefined {
  const hash = createHash('sha256').update(shared);
  for (const input of inputs) {
    const path = resolve(root, input);
    if (!existsSync(path)) return undefined;
    addFile(hash, root, path);
  }
  return hash.digest('hex');
}

function addFile(hash: ReturnType<typeof createHash>, root: string, path: string): void {
  const content = createHash('sha256').update(readFileSync(path)).digest('hex');
  hash.update(`${relative(root, path)}\0${content}\n`);
}

/** Compiled or not, these files lie beside each other. */
const COMPONENT_FILES = ['byte-reader', 'component-imports', 'custom-section', 'manifest'];

function sharedFiles(root: string): string[] {
  const build = import.meta.dirname;
  const components = join(build, '..');
  const extension = extname(import.meta.filename);
  return [
    ...sources(join(root, 'sdk', 'typescript')),
    ...sources(join(root, 'sdk', 'typescript', 'guest')),
    ...sources(build),
    ...COMPONENT_FILES.map((name) => join(components, `${name}${extension}`)),
    ...sources(join(components, '..', 'types')),
    join(root, 'wit', 'ork-module.wit'),
  ];
}

function sources(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => /\.[jt]s$/.test(name) && !/\.test\.[jt]s$/.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** Read beside the package's entry, since not every package exports its `package.json`. */
function installedVersion(name: string): string {
  const require = createRequire(import.meta.url);
  for (const directory of require.resolve.paths(name) ?? []) {
    const path = join(directory, name, 'package.json');
    if (existsSync(path))
      return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  }
  return 'none';
}

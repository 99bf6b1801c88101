/**
 * `npm run build`: bundles the kernel and its worker into a file for each command and process, and the libraries
 * that they use into a file for each, in `dist/`, with the licences of those packages. A start reads a handful of files
 * instead of hundreds.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { builtIns, LIBRARIES, libraries, librarySource } from './dist/lazy-modules.ts';

const ENTRIES = [
  'cli/ork-admin',
  'cli/ork-ctl',
  'worker/start',
  'worker/main',
  'expressions/thread',
];
/** The command that is to start fast: `kernel/bin/bundle.js` runs it, and keeps its code. */
const ORK = 'kernel/cli/ork';
/** What is being built is never seen half done. */
const STAGING = 'dist.new';
/** Used by `ork-admin build-module` alone, and native or large: they stay packages. */
const EXTERNAL = ['esbuild', 'componentize-qjs', '@bytecodealliance/jco-transpile'];

async function main(): Promise<void> {
  await rm(STAGING, { recursive: true, force: true });
  const built = [
    await buildKernel(),
    await buildOrk(),
    ...(await Promise.all(Object.keys(LIBRARIES).map(buildLibrary))),
  ];
  const packages = [...new Set(built.flatMap(bundledPackages))].sort();
  await writeFile(
    `${STAGING}/THIRD-PARTY-LICENSES.txt`,
    packages.map(licenceOf).join(`\n${'-'.repeat(80)}\n\n`),
  );
  await rm('dist', { recursive: true, force: true });
  await rename(STAGING, 'dist');
  const bytes = built.flatMap(({ outputs }) =>
    Object.values(outputs).map((output) => output.bytes),
  );
  const size = Math.round(bytes.reduce((sum, each) => sum + each, 0) / 1024);
  console.log(`dist: ${size} KiB, with ${packages.length} packages inside`);
}

async function bundle(options: BuildOptions): Promise<Metafile> {
  const { metafile } = await build({
    bundle: true,
    platform: 'node',
    target: 'node26',
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    logLevel: 'warning',
    // A name that is missing in `LIBRARIES`.
    logOverride: { 'import-is-undefined': 'error' },
    ...options,
  });
  return metafile as Metafile;
}

function buildKernel(): Promise<Metafile> {
  const entries = ENTRIES.map((entry) => [`kernel/${entry}`, `kernel/${entry}.ts`]);
  return bundle({
    // As deep as in the sources: modules find their neighbours by `import.meta.url`.
    entryPoints: Object.fromEntries(entries),
    outdir: STAGING,
    format: 'esm',
    external: EXTERNAL,
    plugins: [workerMain, builtIns, libraries],
    banner: { js: REQUIRE_FILE },
  });
}

function buildOrk(): Promise<Metafile> {
  return bundle({
    entryPoints: [`${ORK}.ts`],
    outfile: `${STAGING}/${ORK}.cjs`,
    format: 'cjs',
    external: EXTERNAL,
    plugins: [builtIns, libraries],
    define: { 'import.meta.url': 'importMetaUrl' },
  });
}

function buildLibrary(library: string): Promise<Metafile> {
  const contents = librarySource(library);
  return bundle({
    stdin: { contents, resolveDir: '.' },
    outfile: `${STAGING}/libraries/${library}.cjs`,
    format: 'cjs',
    plugins: [englishOnly, noSubprograms],
  });
}

const REQUIRE_FILE =
  "const requireFile=process.getBuiltinModule('node:module').createRequire(import.meta.url);";

/** A file of its own: it is read after `start` has turned the cache of compiled code on. */
const workerMain: Plugin = {
  name: 'worker-main',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/main\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './main.js', external: true } : undefined,
    );
  },
};

/** zod brings its messages in fifty languages, half of its size; ours are in one. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** commander can start a program for a command, which no command here is: the module for it is left unread. */
const noSubprograms: Plugin = {
  name: 'no-subprograms',
  setup: ({ onLoad }) => {
    onLoad({ filter: /commander\/lib\/command\.js$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      const imported = "import childProcess from 'node:child_process';";
      if (!source.includes(imported)) throw new Error(`${file} no longer has: ${imported}`);
      const late =
        "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };";
      return { contents: source.replace(imported, late) };
    });
  },
};

function bundledPackages(metafile: Metafile): string[] {
  const folders = Object.keys(metafile.inputs).flatMap(
    (input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
  );
  return folders;
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license: string };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : readFileSync(path.join(folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text}`;
}

if (!existsSync('package.json')) throw new Error('run it from the root of the project');
await main();

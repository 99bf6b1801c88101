/**
 * `npm run build`: bundles the kernel, its worker and what they use of other packages into `dist/`,
 * with the licences of those packages. One file read instead of hundreds halves the time of a start.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const ENTRIES = ['cli/ork', 'cli/ork-admin', 'cli/ork-ctl', 'worker/start', 'expressions/thread'];
/** What is being built is never seen half done. */
const STAGING = 'dist.new';
/** Used by `ork-admin build-module` alone, and native or large: they stay packages. */
const EXTERNAL = ['esbuild', 'componentize-qjs', '@bytecodealliance/jco-transpile'];

async function main(): Promise<void> {
  await rm(STAGING, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: Object.fromEntries(
      ENTRIES.map((entry) => [`kernel/${entry}`, `kernel/${entry}.ts`]),
    ),
    outdir: STAGING,
    // Modules find their neighbours by `import.meta.url`: chunks lie as deep as the rooms do.
    chunkNames: 'kernel/chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    minifySyntax: true,
    minifyWhitespace: true,
    external: EXTERNAL,
    plugins: [englishOnly],
    banner: { js: REQUIRE_FOR_COMMONJS },
    metafile: true,
    logLevel: 'warning',
  });
  const packages = bundledPackages(metafile);
  await writeFile(
    `${STAGING}/THIRD-PARTY-LICENSES.txt`,
    packages.map(licenceOf).join(`\n${'-'.repeat(80)}\n\n`),
  );
  await rm('dist', { recursive: true, force: true });
  await rename(STAGING, 'dist');
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  console.log(`dist: ${Math.round(bytes / 1024)} KiB, with ${packages.length} packages inside`);
}

/** CommonJS packages ask for Node's own modules by `require`, which ES modules lack. */
const REQUIRE_FOR_COMMONJS =
  "import{createRequire as createRequireOfNode}from'node:module';const require=createRequireOfNode(import.meta.url);";

/** zod brings its messages in fifty languages, half of its size; ours are in one. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

function bundledPackages(metafile: Metafile): string[] {
  const folders = Object.keys(metafile.inputs).flatMap(
    (input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
  );
  return [...new Set(folders)].sort();
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

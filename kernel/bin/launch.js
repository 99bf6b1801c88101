// What the three commands in this folder share. Plain JavaScript that Node 20 parses, because the Node
// that starts a command may be too old for the rest of the kernel.
import module from 'node:module';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { watchParentDeath } from './parent-death.js';

// Not by `import`: that reads every property of `fs`, and some of them load a part of Node each.
const { existsSync } = module.createRequire(import.meta.url)('node:fs');

/** What an open standard stream is called; a write that is not done yet has a name of its own. */
const STANDARD_STREAMS = ['PipeWrap', 'TTYWrap'];

/**
 * Runs `kernel/cli/<name>.ts` of a checkout, or its compiled form, under a Node that can.
 * The module exports `main(argv: string[]): Promise<number>`; its answer becomes the exit code. It answers when all its work
 * is done, since the process then ends: Node lists neither files, threads and compression that are still at it nor promises.
 * @param {string} name
 */
export async function launch(name) {
  const entry = findEntry(name, fileURLToPath(new URL('../../', import.meta.url)));
  if (entry === undefined) {
    process.stderr.write(`${name}: it is not built; run: npm run build\n`);
    process.exitCode = 2;
    return;
  }
  const lacking = whatIsLacking(entry);
  if (lacking !== undefined) {
    const { relaunch } = await import('./relaunch.js');
    relaunch(name, lacking);
    return;
  }
  delete process.env.ORK_RELAUNCHED;
  watchParentDeath();
  useCompileCache();
  const { main } = await load(entry);
  process.exitCode = await main(process.argv.slice(2));
  if (isIdle()) process.exit();
}

/**
 * Whether nothing is left that Node lists: a write to a slow reader, a timer, a child. Node would end by itself then, but only
 * after V8 has optimised, in other threads, code that will not run again: already the next turn of the event loop waits for that.
 */
function isIdle() {
  return process.getActiveResourcesInfo().every((name) => STANDARD_STREAMS.includes(name));
}

/**
 * The sources where they are, so that a checkout needs no build. Node strips no types below `node_modules`.
 * @param {string} name
 * @param {string} root
 */
function findEntry(name, root) {
  const sources = join(root, 'kernel', 'cli', `${name}.ts`);
  const installed = root.includes(`${sep}node_modules${sep}`);
  if (!installed && existsSync(sources)) return pathToFileURL(sources);
  const compiled = join(root, 'dist', 'kernel', 'cli', name);
  const built = [`${compiled}.cjs`, `${compiled}.js`].find((file) => existsSync(file));
  return built && pathToFileURL(built);
}

/** @param {URL} entry */
async function load(entry) {
  if (!entry.pathname.endsWith('.cjs')) return import(entry.href);
  const { loadBundle } = await import('./bundle.js');
  return loadBundle(fileURLToPath(entry), module.getCompileCacheDir(), process.argv[2]);
}

/**
 * What the running Node cannot do that `entry` needs. Some older versions have both features,
 * but ORK is tested with the version that it brings.
 * @param {URL} entry
 */
function whatIsLacking(entry) {
  if (!('Suspending' in WebAssembly)) return 'WebAssembly JSPI';
  if (entry.pathname.endsWith('.ts') && !process.features.typescript) return 'native TypeScript';
  if (Number.parseInt(process.versions.node, 10) < 26) return 'what Node.js 26 has';
  return undefined;
}

/** Compiled code goes to a folder that only this user can write: what is cached there gets executed. */
function useCompileCache() {
  if (process.env.NODE_COMPILE_CACHE || !homedir()) return;
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  module.enableCompileCache?.(join(caches, 'ork', 'compile'));
}

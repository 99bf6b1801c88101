import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { packedExpression } from './packed-text.ts';

/**
 * Libraries that a guest compiles when it first calls them. A component's memory is copied into every
 * instance: as compiled code, `yaml` would cost each of them 0.7 ms and a megabyte, called or not;
 * as packed text it costs a fifth of that, and some milliseconds on first use.
 */
const LAZY = ['yaml'];

const NAMESPACE = 'lazy-library';

/** Replaces those libraries by functions that fetch them; modules import them as ever. */
export function lazyLibraries(): Plugin {
  return {
    name: NAMESPACE,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^(?:${LAZY.join('|')})$`) }, ({ path }) => ({
        path,
        namespace: NAMESPACE,
      }));
      onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => ({
        contents: await lazyModule(path),
      }));
    },
  };
}

async function lazyModule(library: string): Promise<string> {
  const names = await functionsOf(library);
  return [
    'let loaded;',
    'const load = () => (loaded ??= (0, eval)(source()));',
    `const source = () => ${packedExpression(await sourceOf(library))};`,
    ...names.map((name) => `export const ${name} = (...values) => load().${name}(...values);`),
  ].join('\n');
}

/** Classes and constants cannot be put off: whoever imports one gets a build error. */
async function functionsOf(library: string): Promise<string[]> {
  const exported = (await import(library)) as Record<string, unknown>;
  return Object.keys(exported).filter(
    (name) => typeof exported[name] === 'function' && /^[a-z]\w*$/.test(name) && name !== 'default',
  );
}

/** A program whose value is the library. Plain ASCII: the engine keeps such text in half the space. */
async function sourceOf(library: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as library from ${JSON.stringify(library)}; module.exports = library;`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    globalName: 'library',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    charset: 'ascii',
    target: 'es2023',
    legalComments: 'none',
  });
  return `(() => {${outputFiles[0]?.text ?? ''}; return library;})()`;
}

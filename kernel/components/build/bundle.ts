import { join } from 'node:path';
import { type BuildOptions, build, type Message, type Plugin } from 'esbuild';
import { CALLS_THAT_CHECK } from '../../../sdk/typescript/guest/zod-stub.ts';
import { CONTRACT_VERSION } from '../../types/async-imports.ts';
import { OrkError } from '../../types/errors.ts';
import type { Capability } from '../../types/manifest.ts';
import { lazyLibraries } from './lazy-libraries.ts';

/** The interfaces that the SDK's runtime takes, whatever a module declares. */
const BASE_PARTS = ['log', 'clock', 'entropy', 'streams', 'service'];

/** For each capability that the SDK knows: the file of its context part and the function making it. */
const PARTS: Partial<Record<Capability, { file: string; factory: string }>> = {
  expressions: { file: 'expressions.ts', factory: 'createExpressions' },
  files: { file: 'files.ts', factory: 'createFiles' },
  process: { file: 'process.ts', factory: 'createProcesses' },
  state: { file: 'state.ts', factory: 'createState' },
};

/** A guest is neither Node nor a browser. */
const GUEST_RESOLUTION = {
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['module'],
} satisfies BuildOptions;

/** JavaScript, and the files that went into it (absolute paths). */
export interface Bundle {
  code: string;
  inputs: string[];
}

/** What `componentize` gets: the family, the SDK's runtime, and imports for what is declared only. */
export function bundleGuest(
  directory: string,
  capabilities: readonly Capability[],
  root: string,
): Promise<Bundle> {
  const sdk = join(root, 'sdk', 'typescript');
  return bundle({
    ...GUEST_RESOLUTION,
    external: ['ork:*'],
    minify: true,
    entryPoints: ['ork-entry:main'],
    plugins: [
      generated(guestEntry(capabilities), directory),
      sdkAlias(sdk),
      zodStub(sdk),
      lazyLibraries(),
    ],
  });
}

/** The family for evaluation in Node: real schemas, no host. */
export function bundleForManifest(directory: string, root: string): Promise<Bundle> {
  return bundle({
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    entryPoints: [join(directory, 'index.ts')],
    plugins: [sdkAlias(join(root, 'sdk', 'typescript')), realZod(), stubHost()],
  });
}

async function bundle(options: BuildOptions): Promise<Bundle> {
  try {
    const result = await build({
      ...options,
      absWorkingDir: '/',
      bundle: true,
      format: 'esm',
      target: 'es2023',
      charset: 'utf8',
      write: false,
      metafile: true,
      logLevel: 'silent',
      // A missing export would otherwise become `undefined` without a word.
      logOverride: { 'import-is-undefined': 'error' },
    });
    const inputs = Object.keys(result.metafile?.inputs ?? {})
      // What the plugins made up has a namespace before its name.
      .filter((input) => !input.includes(':'))
      .map((input) => `/${input}`);
    return { code: result.outputFiles?.[0]?.text ?? '', inputs: inputs.sort() };
  } catch (error) {
    throw asBuildError(error);
  }
}

function guestEntry(capabilities: readonly Capability[]): string {
  const parts = capabilities.flatMap((name) => {
    const part = PARTS[name];
    return part === undefined ? [] : [{ name, ...part }];
  });
  return [
    // First of all: the globals must be there when the family's top-level code runs.
    `import { host } from 'ork-entry:host';`,
    `import { serve } from '@ork/sdk/guest/serve.ts';`,
    `import family from './index.ts';`,
    ...parts.flatMap(({ name, file, factory }) => [
      `import * as ${name}_ from 'ork:module/${name}@${CONTRACT_VERSION}';`,
      `import { ${factory} } from '@ork/sdk/guest/${file}';`,
    ]),
    `export const perform = serve(family, host, {`,
    ...parts.map(({ name, factory }) => `  ${name}: () => ${factory}(${name}_),`),
    `});`,
  ].join('\n');
}

function hostModule(): string {
  return [
    `import { installGlobals } from '@ork/sdk/guest/globals.ts';`,
    ...BASE_PARTS.map(
      (name) => `import * as ${name} from 'ork:module/${name}@${CONTRACT_VERSION}';`,
    ),
    `export const host = { ${BASE_PARTS.join(', ')} };`,
    `installGlobals(host);`,
  ].join('\n');
}

/** The two files of a bundle that nobody wrote. */
function generated(entry: string, directory: string): Plugin {
  const files: Record<string, string> = { 'ork-entry:main': entry, 'ork-entry:host': hostModule() };
  return {
    name: 'ork-entry',
    setup(build) {
      build.onResolve({ filter: /^ork-entry:/ }, ({ path }) => ({ path, namespace: 'ork-entry' }));
      build.onLoad({ filter: /.*/, namespace: 'ork-entry' }, ({ path }) => ({
        contents: files[path] ?? '',
        resolveDir: directory,
      }));
    },
  };
}

function sdkAlias(sdk: string): Plugin {
  return {
    name: 'ork-sdk',
    setup(build) {
      build.onResolve({ filter: /^@ork\/sdk(\/|$)/ }, ({ path }) => ({
        path: join(sdk, path.slice('@ork/sdk'.length) || 'index.ts'),
      }));
    },
  };
}

/** Under every name that zod exports, so that `import * as z from 'zod'` works as `import { z }` does. */
function zodStub(sdk: string): Plugin {
  return {
    name: 'zod-stub',
    setup(build) {
      const filter = /^zod(\/.*)?$/;
      build.onResolve({ filter }, () => ({ path: 'zod', namespace: 'zod-stub' }));
      build.onLoad({ filter, namespace: 'zod-stub' }, async () => ({
        contents: await zodStubModule(),
        resolveDir: join(sdk, 'guest'),
      }));
    },
  };
}

async function zodStubModule(): Promise<string> {
  const names = Object.keys(await import('zod')).filter((name) => !CALLS_THAT_CHECK.has(name));
  const exported = [...new Set(['z', 'default', ...names])].map((name) => `z as ${name}`);
  const checks = [...CALLS_THAT_CHECK].map((name) => `export const ${name} = z.${name};`);
  return [
    `import { z } from './zod-stub.ts';`,
    `export { ${exported.join(', ')} };`,
    ...checks,
  ].join('\n');
}

/** One copy of zod for the family and for the manifest's derivation, wherever the family lies. */
function realZod(): Plugin {
  const path = import.meta.resolve('zod');
  return {
    name: 'real-zod',
    setup(build) {
      build.onResolve({ filter: /^zod$/ }, () => ({ path, external: true }));
    },
  };
}

function stubHost(): Plugin {
  return {
    name: 'stub-host',
    setup(build) {
      build.onResolve({ filter: /^ork:/ }, ({ path }) => ({ path, namespace: 'stub-host' }));
      // CommonJS, so that any name may be imported from it.
      build.onLoad({ filter: /.*/, namespace: 'stub-host' }, () => ({
        contents: 'module.exports = {};',
      }));
    },
  };
}

/** The first message of esbuild with its file and line, as one error. */
function asBuildError(error: unknown): OrkError {
  const [first, ...rest] = (error as { errors?: Message[] }).errors ?? [];
  if (first === undefined) {
    return new OrkError('internal', error instanceof Error ? error.message : String(error), {
      reason: 'build.bundle',
      cause: error,
    });
  }
  const { location } = first;
  const where = location
    ? `/${location.file.replace(/^\//, '')}:${location.line}:${location.column + 1}: `
    : '';
  const more = rest.length > 0 ? ` (and ${rest.length} more)` : '';
  return new OrkError('invalid-argument', `${where}${first.text}${more}`, {
    reason: 'build.bundle',
    hint: location?.lineText.trim() || 'Correct the module and build again.',
  });
}

import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** Packages, and the exports that are used of each: what none of them needs is left out. */
type Library = Record<string, string[] | 'all'>;

/** The libraries that are bundled apart, each into one file: what is read together lies together. */
export const LIBRARIES: Record<string, Library> = {
  commander: { commander: 'all' },
  cron: { 'cron-parser': 'all' },
  dagre: { '@dagrejs/dagre': 'all' },
  expressions: {
    '@bufbuild/cel': names(
      'CelScalar celEnv celFunc celMethod celType celUint isCelError isCelList isCelMap isCelUint listType plan',
    ),
    '@bufbuild/re2': ['RE2JS'],
  },
  parser: { '@bufbuild/cel': ['parse'] },
  screen: { 'log-update': 'all' },
  yaml: { yaml: 'all' },
  zod: {
    zod: names(
      'array bigint boolean custom discriminatedUnion enum fromJSONSchema globalRegistry int json literal looseObject NEVER number object',
      'record strictObject string toJSONSchema union unknown ZodArray ZodObject ZodOptional ZodRecord ZodUnion',
    ),
  },
};

/** The one module that gets its package from another library than the rest: the parser needs nothing else of CEL. */
const PARSING = { importer: /kernel\/expressions\/parse\.ts$/, library: 'parser' };

function names(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** What a library's file holds: the packages, each under its own name. */
export function librarySource(library: string): string {
  const packages = Object.entries(LIBRARIES[library] as Library);
  const lines = packages.map(([name, used], index) =>
    used === 'all'
      ? `export * as p${index} from '${name}';`
      : `import * as all${index} from '${name}';
        export const p${index} = { ${used.map((each) => `${each}: all${index}.${each}`).join()} };`,
  );
  return lines.join('\n');
}

/**
 * Node's own modules without `import`: that reads every property of a module to make exports of them, and some
 * properties of `fs` load a part of Node each.
 */
export const builtIns: Plugin = {
  name: 'built-ins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind !== 'require-call' && isBuiltin(path) ? { path, namespace: 'built-in' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'built-in' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) as object);
      const source = `process.getBuiltinModule('${path}')`;
      return { contents: lazyModule(source, ['default', ...names], 'all') };
    });
  },
};

/** Libraries by `require`, when the first module that uses one is run: an `import` would come before all else. */
export const libraries: Plugin = {
  name: 'libraries',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^[^./]|^@/ }, ({ path, importer, kind }) => {
      // `ork-admin` asks the package for all of its names: only it builds modules, which use any.
      if (path === 'zod' && kind === 'dynamic-import') return { path, external: true };
      const library = libraryOf(path, importer);
      return library === undefined
        ? undefined
        : { path: `${library}:${path}`, namespace: 'library' };
    });
    onLoad({ filter: /./, namespace: 'library' }, async ({ path }) => {
      const [library = '', name = ''] = path.split(':');
      const packages = LIBRARIES[library] as Library;
      const used = packages[name] === 'all' ? Object.keys(await import(name)) : packages[name];
      const source = `requireFile('../../libraries/${library}.cjs').p${Object.keys(packages).indexOf(name)}`;
      return { contents: lazyModule(source, used as string[]) };
    });
  },
};

function libraryOf(name: string, importer: string): string | undefined {
  const having = Object.keys(LIBRARIES).filter(
    (library) => name in (LIBRARIES[library] as Library),
  );
  if (having.length < 2) return having[0];
  return having.find(
    (library) => (library === PARSING.library) === PARSING.importer.test(importer),
  );
}

/** A module whose exports are read off an object; unused ones are left out of the bundle. */
function lazyModule(source: string, names: string[], whole?: 'all'): string {
  const wanted = [...new Set(names)].filter((name) => /^[\w$]+$/.test(name));
  const values = wanted.map((name, index) => {
    const value = name === 'default' && whole === 'all' ? 'source' : `source.${name}`;
    return `const v${index} = /* @__PURE__ */ (() => ${value})();`;
  });
  const exported = wanted.map((name, index) => `v${index} as ${name}`);
  return [`const source = ${source};`, ...values, `export { ${exported.join(', ')} };`].join('\n');
}

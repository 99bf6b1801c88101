import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** The libraries that are bundled apart, each into one file: what is read together lies together. */
export const LIBRARIES: Record<string, string[]> = {
  commander: ['commander'],
  cron: ['cron-parser'],
  dagre: ['@dagrejs/dagre'],
  expressions: ['@bufbuild/cel', '@bufbuild/re2'],
  screen: ['log-update'],
  yaml: ['yaml'],
  zod: ['zod'],
};

/** What a library's file holds: the packages, each under its own name. */
export function librarySource(packages: string[]): string {
  return packages.map((name, index) => `export * as p${index} from '${name}';`).join('\n');
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
    for (const [library, packages] of Object.entries(LIBRARIES)) {
      for (const [index, name] of packages.entries()) {
        const exact = new RegExp(`^${name}$`);
        onResolve({ filter: exact }, () => ({ path: name, namespace: 'library' }));
        onLoad({ filter: exact, namespace: 'library' }, async () => {
          const source = `requireFile('../../libraries/${library}.cjs').p${index}`;
          return { contents: lazyModule(source, Object.keys(await import(name))) };
        });
      }
    }
  },
};

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

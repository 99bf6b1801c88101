import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { transform } from 'esbuild';
import { ASYNC_EXPORTS, ASYNC_IMPORTS } from '../../types/async-imports.ts';

/** A component as V8 can run it. */
export interface TranspiledComponent {
  /** An ES module: `instantiate(getCoreModule, imports)`; imports are named without their version. */
  glue: string;
  /** Core modules by the name under which the glue asks for them. */
  cores: Map<string, Uint8Array>;
}

/** Every component gets the same name, so that the names of its core modules say nothing. */
const NAME = 'g';

/** Turns a component into JavaScript glue and core modules. */
export async function transpileComponent(component: Uint8Array): Promise<TranspiledComponent> {
  const { files } = await transpileBytes(component, {
    name: NAME,
    instantiation: 'async',
    asyncMode: 'jspi',
    asyncImports: [...ASYNC_IMPORTS],
    asyncExports: [...ASYNC_EXPORTS],
    wasiShim: false,
    emitTypescriptDeclarations: false,
  });
  const source = new TextDecoder().decode(files[`${NAME}.js`]);
  const cores = Object.entries(files).filter(([name]) => name.endsWith('.wasm'));
  return { glue: await minify(source), cores: new Map(cores) };
}

async function minify(source: string): Promise<string> {
  const { code } = await transform(source, {
    format: 'esm',
    target: 'esnext',
    minify: true,
    legalComments: 'none',
  });
  return code;
}

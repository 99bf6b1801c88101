import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CONTRACT_VERSION } from '../../types/async-imports.ts';
import { asOrkError, OrkError } from '../../types/errors.ts';
import { type Capability, type FamilyManifest, MANIFEST_SECTION } from '../../types/manifest.ts';
import { packageRoot } from '../../types/package-root.ts';
import { checkImports, readImports } from '../component-imports.ts';
import { appendCustomSection } from '../custom-section.ts';
import { bundleGuest } from './bundle.ts';
import { evaluateFamily } from './evaluate-family.ts';

export interface BuildModuleOptions {
  /** The family's folder, with `index.ts`. */
  directory: string;
  /** Where the component goes; it is not written when left out. */
  wasmOut?: string;
  /** Where temporary files may go; the system's place when left out. */
  temporaryDirectory?: string;
}

export interface BuiltModule {
  manifest: FamilyManifest;
  component: Uint8Array;
  sha256: string;
  /** Every file that went into it, as absolute paths. */
  inputs: string[];
}

/** Builds one family into a component that carries its manifest. */
export async function buildModule(options: BuildModuleOptions): Promise<BuiltModule> {
  const root = packageRoot();
  const directory = resolve(options.directory);
  const evaluated = await evaluateFamily(directory, root);
  const { manifest } = evaluated;
  const bundle = await bundleGuest(directory, manifest.capabilities, root);
  const bare = await componentize(bundle.code, manifest, root, options.temporaryDirectory);
  checkImports(readImports(bare), manifest.capabilities);
  const section = new TextEncoder().encode(JSON.stringify(manifest));
  const component = appendCustomSection(bare, MANIFEST_SECTION, section);
  if (options.wasmOut !== undefined) await writeComponent(options.wasmOut, component);
  const inputs = [...new Set([...evaluated.inputs, ...bundle.inputs])].sort();
  return { manifest, component, sha256: digest(component), inputs };
}

async function componentize(
  code: string,
  manifest: FamilyManifest,
  root: string,
  temporaryDirectory = tmpdir(),
): Promise<Uint8Array> {
  const witPath = await mkdtemp(join(temporaryDirectory, 'ork-wit-'));
  try {
    await writeWorld(witPath, manifest.capabilities, root);
    const tool = await import('componentize-qjs');
    const { component } = await tool.componentize({
      witPath,
      jsSource: code,
      world: 'component',
      sync: true,
    });
    return new Uint8Array(component);
  } catch (error) {
    const { message } = asOrkError(error);
    throw new OrkError('invalid-argument', `${manifest.family} cannot be built: ${message}`, {
      reason: 'build.componentize',
      hint: 'Top-level code runs at build time, without a host: move what calls one into perform.',
      cause: error,
    });
  } finally {
    await rm(witPath, { recursive: true, force: true });
  }
}

/** A world with exactly what the family declares: the component cannot import anything else. */
async function writeWorld(
  witPath: string,
  capabilities: readonly Capability[],
  root: string,
): Promise<void> {
  const imports = capabilities.map((name) => `  import ork:module/${name}@${CONTRACT_VERSION};\n`);
  const world =
    `package ork:generated;\nworld component {\n` +
    `  include ork:module/base@${CONTRACT_VERSION};\n${imports.join('')}}\n`;
  const dependencies = join(witPath, 'deps', 'ork-module');
  await mkdir(dependencies, { recursive: true });
  await cp(join(root, 'wit', 'ork-module.wit'), join(dependencies, 'ork-module.wit'));
  await writeFile(join(witPath, 'world.wit'), world);
}

async function writeComponent(path: string, component: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, component);
}

/** SHA-256 in hexadecimal. */
export function digest(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

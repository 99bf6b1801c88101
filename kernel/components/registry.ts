import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OrkError } from '../types/errors.ts';
import type { ModuleManifest } from '../types/manifest.ts';
import { builtInModules, type DescribedModule } from './built-in.ts';
import type { ModuleIndex } from './manifest.ts';
import { readModuleIndex } from './module-index.ts';

/** The files of a transpiled component, as a worker loads them. */
export interface ComponentFiles {
  glue: string;
  cores: Record<string, string>;
  capabilities: string[];
}

export interface RegisteredModule extends DescribedModule {
  component: ComponentFiles;
  /** Of the component that the files were made from, in hexadecimal, as the index has it. */
  sha256: string;
}

/** The modules that playbooks can name: the standard library, built beside the kernel, and the engine's own. */
export class ModuleRegistry {
  /** Where the files of its components lie. */
  readonly folder: string;
  readonly #modules = new Map<string, DescribedModule & Partial<RegisteredModule>>();

  constructor(index: ModuleIndex, folder: string) {
    this.folder = folder;
    for (const module of builtInModules()) this.#modules.set(module.manifest.name, module);
    for (const entry of index.families) {
      const component: ComponentFiles = {
        glue: path.join(folder, entry.glue.path),
        cores: Object.fromEntries(
          Object.entries(entry.cores).map(([name, digest]) => [
            name,
            path.join(folder, 'cores', `${digest}.wasm`),
          ]),
        ),
        capabilities: entry.manifest.capabilities,
      };
      for (const manifest of entry.manifest.modules) {
        const { manifest: family, sha256 } = entry;
        const { version } = family;
        this.#modules.set(manifest.name, { manifest, family, version, component, sha256 });
      }
    }
  }

  /** Reads `index.json` of the folder. Throws `failed-precondition` when the library is not built. */
  static load(folder: string): ModuleRegistry {
    const file = path.join(folder, 'index.json');
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw new OrkError('failed-precondition', `the standard library is missing: ${file}`, {
        reason: 'modules.not-built',
        hint: 'in a checkout, run `make build`; otherwise install ork again',
        cause: error,
      });
    }
    return new ModuleRegistry(readModuleIndex(text, file), folder);
  }

  /** What the validator asks: the manifest of a module, by name. */
  find(name: string): ModuleManifest | undefined {
    return this.#modules.get(name)?.manifest;
  }

  names(): string[] {
    return [...this.#modules.keys()];
  }

  /** Every module, ordered by name. */
  all(): DescribedModule[] {
    const byName = [...this.#modules].sort(([a], [b]) => (a < b ? -1 : 1));
    return byName.map(([, module]) => module);
  }

  /** Throws `not-found` for a name that validation has not seen. */
  describe(name: string): DescribedModule {
    const found = this.#modules.get(name);
    if (found !== undefined) return found;
    throw new OrkError('not-found', `there is no module '${name}'`, { reason: 'module.unknown' });
  }

  /** The files to load for a module; undefined for one that has no component, or does not exist. */
  componentOf(name: string): ComponentFiles | undefined {
    return this.#modules.get(name)?.component;
  }

  /** A module with its component. Throws as `describe` does, and `unsupported` for one that the engine runs itself. */
  get(name: string): RegisteredModule {
    const { component, sha256 } = this.#modules.get(name) ?? {};
    const described = this.describe(name);
    if (component !== undefined && sha256 !== undefined) {
      return { ...described, component, sha256 };
    }
    throw new OrkError('unsupported', `${name} is run by the engine: it has no component`, {
      reason: 'module.built-in',
    });
  }
}

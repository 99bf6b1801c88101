import type { JsonObject } from './json.ts';

/** The major version of the module contract that this kernel speaks. */
export const CONTRACT = 'ork:module@1';

/** The name of the component's custom section that holds its manifest. */
export const MANIFEST_SECTION = 'ork:manifest';

/** What a module may declare; each is an interface of `wit/ork-module.wit`. */
export const CAPABILITIES = [
  'state',
  'expressions',
  'files',
  'process',
  'connections',
  'http',
  'sql',
  'ssh',
  'signals',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

export const STREAM_ROLES = ['none', 'producer', 'consumer', 'transform'] as const;

/**
 * `producer` writes records, `consumer` reads them, `transform` does both.
 */
export type StreamRole = (typeof STREAM_ROLES)[number];

/** What one module says of itself; written by the SDK, checked by the kernel. */
export interface ModuleManifest {
  /** `family:module`, or the family alone (`exec`). */
  name: string;
  /** One line for people. */
  summary: string;
  /** JSON Schema (2020-12) of `params`, as a person writes them: defaults may be left out. */
  params: JsonObject;
  /** JSON Schema of the summary that `perform` returns. */
  result: JsonObject;
  stream: StreamRole;
  /** Output ports besides `main`, e.g. `dead_letter`. */
  ports: string[];
  /** Params that hold CEL evaluated per record, as paths with `*` for any key: `fields.*`, `where`. */
  expressions: string[];
  /** Params that are program text (`shell`), so that outside data must not be spliced in. */
  code: string[];
  capabilities: Capability[];
  idempotent: boolean;
  supports_dry_run: boolean;
  /** One instance may serve several runs one after the other: it keeps nothing between calls. */
  reusable: boolean;
  examples: { description: string; params: JsonObject }[];
}

/** The manifest of a component: one family of modules, in the custom section `ork:manifest`. */
export interface FamilyManifest {
  family: string;
  version: string;
  contract: string;
  /** 1 (system) to 6 (integration). */
  layer: number;
  description: string;
  license: string;
  /** Everything that the component imports beyond the base world. */
  capabilities: Capability[];
  modules: ModuleManifest[];
}

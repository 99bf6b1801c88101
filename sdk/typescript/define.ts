import type { z } from 'zod';
import type { JsonObject } from '../../kernel/types/json.ts';
import type { Capability, StreamRole } from '../../kernel/types/manifest.ts';
import type { Context } from './context.ts';

/** What an author says of a module; the rest of the manifest is derived from it. */
export interface ModuleDefinition<
  Params extends z.ZodType,
  Result extends z.ZodType,
  Declared extends Capability = never,
> {
  /** Within the family: `read`. A module called like its family is known by that name alone. */
  name: string;
  /** One line for people. */
  summary: string;
  /** A zod object; unknown params are refused unless it is a `looseObject`. */
  params: Params;
  result: Result;
  capabilities?: readonly Declared[];
  stream?: StreamRole;
  /** Output ports besides `main`. */
  ports?: readonly string[];
  /** Paths of the params that hold CEL, with `*` for any key. */
  expressions?: readonly string[];
  /** Params that are program text. */
  code?: readonly string[];
  idempotent?: boolean;
  supportsDryRun?: boolean;
  /** True for modules that keep nothing between calls. */
  reusable?: boolean;
  examples?: readonly { description: string; params: JsonObject }[];
  /** Blocking code; what it returns is registered as the workload's result. */
  perform(context: Context<z.output<Params>, Declared>): z.input<Result>;
}

/** A module whose types have been checked and are no longer needed. */
export interface Module {
  readonly name: string;
  readonly summary: string;
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  readonly capabilities: readonly Capability[];
  readonly stream: StreamRole;
  readonly ports: readonly string[];
  readonly expressions: readonly string[];
  readonly code: readonly string[];
  readonly idempotent: boolean;
  readonly supportsDryRun: boolean;
  readonly reusable: boolean;
  readonly examples: readonly { description: string; params: JsonObject }[];
  perform(context: object): unknown;
}

/** Modules that share one component. */
export interface Family {
  readonly family: string;
  readonly version: string;
  /** 1 (system) to 6 (integration). */
  readonly layer: number;
  readonly description: string;
  readonly license: string;
  readonly modules: readonly Module[];
}

const MODULE_DEFAULTS = {
  capabilities: [],
  stream: 'none',
  ports: [],
  expressions: [],
  code: [],
  idempotent: false,
  supportsDryRun: false,
  reusable: false,
  examples: [],
} as const;

/** One module: its manifest and its code. */
export function defineModule<
  Params extends z.ZodType,
  Result extends z.ZodType,
  const Declared extends Capability = never,
>(definition: ModuleDefinition<Params, Result, Declared>): Module {
  // The context that `perform` asks for is built from the same declaration, in `guest/serve.ts`.
  return { ...MODULE_DEFAULTS, ...(definition as unknown as Module) };
}

/** The default export of a module folder's `index.ts`. */
export function defineFamily(family: Family): Family {
  return family;
}

/** The name by which playbooks call a module. */
export function qualifiedName(family: string, module: string): string {
  return family === module ? family : `${family}:${module}`;
}

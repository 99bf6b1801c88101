import type { Json, JsonObject } from '../../kernel/types/json.ts';
import type { Capability } from '../../kernel/types/manifest.ts';
import type { Expressions } from './guest/expressions.ts';
import type { Files } from './guest/files.ts';
import type { Processes } from './guest/process.ts';
import type { State } from './guest/state.ts';
import type { Input, Output } from './guest/streams.ts';

/** Structured log lines; secrets are redacted by the kernel. */
export interface Log {
  debug(message: string, fields?: JsonObject): void;
  info(message: string, fields?: JsonObject): void;
  warn(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
}

/** What each declared capability adds to the context, under its own name. */
export interface CapabilityParts {
  expressions: Expressions;
  files: Files;
  process: Processes;
  state: State;
}

/** What every module gets. */
export interface BaseContext<Params> {
  readonly params: Params;
  readonly log: Log;
  /** Report what would change, change nothing. */
  readonly dryRun: boolean;
  readonly workload: string;
  readonly instance: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Fails with `canceled` when the workload is stopped meanwhile. */
  sleep(milliseconds: number): void;
  /** All inputs merged, or the one fed by `name`. */
  input(name?: string): Input;
  readonly inputNames: readonly string[];
  /** The `main` output. */
  readonly output: Output;
  /** Another output that the module declares. */
  port(name: string): Output;
  /** Registers the summary now and lets dependents start; `perform` goes on. */
  serviceReady(summary: Json): void;
}

/** The context of a module that declares the given capabilities; what is not declared is not there. */
export type Context<Params = unknown, Declared extends Capability = never> = BaseContext<Params> &
  Pick<CapabilityParts, Declared & keyof CapabilityParts>;

import type { JsonObject } from '../types/json.ts';

/**
 * What an expression may ask of the world; given by the caller so that runs can be replayed. What these
 * functions throw fails the expression; an `OrkError` keeps its code, reason and hint.
 */
export interface Host {
  /** The value of an environment variable, or undefined when it is unset or not allowed. */
  env(name: string): string | undefined;
  /** The value of a secret, or undefined when no provider has it. */
  secret(name: string): string | undefined;
  now(): Date;
  uuid(): string;
}

/** Everything that a template can see while it is rendered. */
export interface Scope extends Host {
  /** Root names: vars, registered results, `_ork`. They are data and never rendered. */
  names: JsonObject;
}

import type { Json, JsonObject } from '../types/json.ts';
import { compileExpression } from './cel.ts';
import type { Host } from './scope.ts';

/** An expression that is evaluated once per record. */
export interface Program {
  /** Throws an `ExpressionError` when the expression fails for this record. */
  evaluate(record: Json): Json;
}

/** What programs may ask of the world: the time and randomness, but neither environment nor secrets. */
const DEFAULT_HOST: Host = {
  env: () => undefined,
  secret: () => undefined,
  now: () => new Date(),
  uuid: () => crypto.randomUUID(),
};

/**
 * Compiles an expression param (`where`, `fields.*`) for a worker. `variable` names the record inside
 * the expression; `bind` holds constants, read as `bind.NAME`. Throws an `ExpressionError`
 * (`expression.syntax`).
 *
 * Importing this file loads the CEL library (about 100 ms), so callers import it when first needed:
 * `const { compileProgram } = await import('../expressions/program.ts')`.
 */
export function compileProgram(
  source: string,
  variable: string,
  bind: JsonObject,
  host: Host = DEFAULT_HOST,
): Program {
  const expression = compileExpression(source);
  const names: JsonObject = { bind, [variable]: null };
  return {
    evaluate(record) {
      names[variable] = record;
      return expression.evaluate(names, host);
    },
  };
}

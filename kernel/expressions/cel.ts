import { type CelError, type CelResult, isCelError } from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import type { Expr } from './ast.ts';
import { type Activation, type Plan, planExpression, planMetered } from './environment.ts';
import type { ExpressionError } from './errors.ts';
import { explainFailure, type Failure, wrapFailure } from './explain.ts';
import { FUNCTION_NAMES, METHOD_NAMES } from './function-table.ts';
import { keysOf, viewJson } from './json-view.ts';
import { MAX_RESULT_BYTES } from './limits.ts';
import { literalFields, readPath } from './map-literal.ts';
import { limited } from './meter.ts';
import { explaining, type ParsedExpression, parseExpression } from './parse.ts';
import type { Analysis } from './references.ts';
import { sizeOf, toJson } from './result.ts';
import type { Host } from './scope.ts';

/** A compiled CEL expression; it keeps nothing between evaluations. */
export interface Expression {
  readonly source: string;
  readonly analysis: Analysis;
  /**
   * The result as JSON. Throws an `ExpressionError`: `expression.evaluation` when a name is missing
   * or an operation fails, `expression.too-large` beyond 1 MiB.
   */
  evaluate(names: JsonObject, host: Host): Json;
  /** The same, but undefined when it takes more than this many steps (0.1 to 0.3 µs each). */
  evaluateWithin(steps: number, names: JsonObject, host: Host): { result: Json } | undefined;
}

/**
 * Compiles one CEL expression (what stands between `{{` and `}}`, or the text of an expression param).
 * Throws an `ExpressionError` (`expression.syntax`) with the offset of the mistake.
 */
export function compileExpression(source: string): Expression {
  const parsed = parseExpression(source);
  return explaining(source, () => new CompiledExpression(source, parsed));
}

class CompiledExpression implements Expression {
  readonly source: string;
  readonly analysis: Analysis;
  readonly #root: Expr;
  readonly #roots: string[];
  readonly #run: Plan;
  readonly #fields: FieldPlan[] | undefined;
  #metered: Plan | undefined;
  // Filled anew by each evaluation. Without a prototype, so that `toString` is a missing name.
  readonly #activation: Activation = Object.create(null) as Activation;

  constructor(source: string, { root, analysis }: ParsedExpression) {
    this.source = source;
    this.analysis = analysis;
    this.#root = root;
    this.#roots = [...new Set(this.analysis.references.map(({ path: [name = ''] }) => name))];
    this.#run = planExpression(this.#root);
    this.#fields = literalFields(this.#root)?.map((field) =>
      'path' in field ? field : { key: field.key, run: planExpression(field.expr) },
    );
  }

  evaluate(names: JsonObject, host: Host): Json {
    this.#fill(names);
    const built = this.#fields === undefined ? undefined : this.#build(this.#fields, names, host);
    return built ?? this.#finish(this.#run(this.#activation, host), names);
  }

  evaluateWithin(steps: number, names: JsonObject, host: Host): { result: Json } | undefined {
    if (this.analysis.linear) return { result: this.evaluate(names, host) };
    this.#metered ??= planMetered(this.#root);
    const run = this.#metered;
    this.#fill(names);
    const ended = limited(steps, () => run(this.#activation, host));
    return ended && { result: this.#finish(ended.result, names) };
  }

  #fill(names: JsonObject): void {
    for (const name of this.#roots) {
      const value = Object.hasOwn(names, name) ? names[name] : undefined;
      this.#activation[name] = value === undefined ? undefined : viewJson(value);
    }
  }

  #finish(result: CelResult, names: JsonObject): Json {
    if (isCelError(result)) throw this.#explain(result, names);
    try {
      return toJson(result);
    } catch (error) {
      throw error instanceof OrkError ? wrapFailure(error, this.source) : error;
    }
  }

  /** The map, field by field; undefined when something fails, so that the whole can tell why. */
  #build(fields: FieldPlan[], names: JsonObject, host: Host): JsonObject | undefined {
    const map: JsonObject = {};
    let size = 0;
    try {
      for (const field of fields) {
        const value = this.#read(field, names, host);
        if (value === undefined) return undefined;
        map[field.key] = value;
        size += field.key.length + sizeOf(value);
      }
    } catch {
      return undefined;
    }
    return size > MAX_RESULT_BYTES ? undefined : map;
  }

  #read(field: FieldPlan, names: JsonObject, host: Host): Json | undefined {
    if ('path' in field) return readPath(names, field.path);
    const result = field.run(this.#activation, host);
    return isCelError(result) ? undefined : toJson(result);
  }

  #explain(error: CelError, names: JsonObject): ExpressionError {
    const failure: Failure = {
      source: this.source,
      root: this.#root,
      analysis: this.analysis,
      names,
      functions: [...FUNCTION_NAMES, ...METHOD_NAMES],
      keysOf: (part) => keysOf(planExpression(part)(this.#activation, NO_HOST)),
    };
    return explainFailure(error, failure);
  }
}

/** What a path to explain is evaluated with: its keys may be computed. */
const NO_HOST: Host = {
  env: () => undefined,
  secret: () => undefined,
  now: () => new Date(0),
  uuid: () => '',
};

type FieldPlan = { key: string } & ({ path: string[] } | { run: Plan });

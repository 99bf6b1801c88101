import {
  type CelError,
  type CelResult,
  type CelValue,
  celEnv,
  isCelError,
  parse,
  plan,
} from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { mixedArithmetic } from './arithmetic.ts';
import type { Expr, Parsed } from './ast.ts';
import { ExpressionError, quoteExpression } from './errors.ts';
import { explainFailure, type Failure, wrapFailure } from './explain.ts';
import { playbookFunctions } from './functions.ts';
import { keysOf, viewJson } from './json-view.ts';
import { MAX_EXPRESSION_LENGTH } from './limits.ts';
import { literalFields, readPath } from './map-literal.ts';
import { didYouMean } from './nearest.ts';
import { type Analysis, analyse } from './references.ts';
import { toJson } from './result.ts';
import { addParentheses, rewriteDefaults } from './rewrite.ts';
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
}

type Activation = Record<string, CelValue | undefined>;
type Plan = (activation: Activation) => CelResult;

/*
 * The library gives functions no access to the activation. Evaluation is synchronous, so that
 * the host of the one expression that is running can stand here.
 */
let currentHost: Host | undefined;

const environment = celEnv({ funcs: [...mixedArithmetic(), ...playbookFunctions(requireHost)] });
const declared = Array.from(environment.funcs).filter(({ name }) => /^[a-z]/i.test(name));
const MACRO_METHODS = ['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter'];

/** What may be called as `name(…)`. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...declared.filter(({ target }) => target === undefined).map(({ name }) => name),
  'has',
  'default',
]);

/** What may be called as `value.name(…)`. */
export const METHOD_NAMES: ReadonlySet<string> = new Set([
  ...declared.filter(({ target }) => target !== undefined).map(({ name }) => name),
  ...MACRO_METHODS,
]);

/**
 * Compiles one CEL expression (what stands between `{{` and `}}`, or the text of an expression param).
 * Throws an `ExpressionError` (`expression.syntax`) with the offset of the mistake.
 */
export function compileExpression(source: string): Expression {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    throw syntaxError(source, `an expression may have ${MAX_EXPRESSION_LENGTH} characters`, 0);
  }
  if (source.trim() === '') throw syntaxError(source, 'the expression is empty', 0);
  try {
    return new CompiledExpression(source);
  } catch (error) {
    if (error instanceof OrkError) throw error;
    throw explainSyntax(source, error);
  }
}

class CompiledExpression implements Expression {
  readonly source: string;
  readonly analysis: Analysis;
  readonly #root: Expr;
  readonly #roots: string[];
  readonly #run: Plan;
  readonly #fields: FieldPlan[] | undefined;
  // Filled anew by each evaluation. Without a prototype, so that `toString` is a missing name.
  readonly #activation: Activation = Object.create(null) as Activation;

  constructor(source: string) {
    this.source = source;
    const text = addParentheses(source, (name) => FUNCTION_NAMES.has(name));
    const parsed: Parsed = parse(text);
    this.analysis = analyse(parsed, text);
    this.#root = rewriteDefaults(parsed.expr, source);
    this.#roots = [...new Set(this.analysis.references.map(({ path: [name = ''] }) => name))];
    this.#run = plan(environment, this.#root) as Plan;
    this.#fields = literalFields(this.#root)?.map((field) =>
      'path' in field ? field : { key: field.key, run: plan(environment, field.expr) as Plan },
    );
  }

  evaluate(names: JsonObject, host: Host): Json {
    const activation = this.#activation;
    for (const name of this.#roots) {
      const value = Object.hasOwn(names, name) ? names[name] : undefined;
      activation[name] = value === undefined ? undefined : viewJson(value);
    }
    const built = this.#fields === undefined ? undefined : this.#build(this.#fields, names, host);
    if (built !== undefined) return built;
    const result = withHost(host, this.#run, activation);
    if (isCelError(result)) throw this.#explain(result, names);
    try {
      return toJson(result);
    } catch (error) {
      throw error instanceof OrkError ? wrapFailure(error, this.source) : error;
    }
  }

  /** The map, field by field; undefined when one of them fails, so that the whole can tell why. */
  #build(fields: FieldPlan[], names: JsonObject, host: Host): JsonObject | undefined {
    const map: JsonObject = {};
    for (const field of fields) {
      const value =
        'path' in field
          ? readPath(names, field.path)
          : fieldValue(withHost(host, field.run, this.#activation));
      if (value === undefined) return undefined;
      map[field.key] = value;
    }
    return map;
  }

  #explain(error: CelError, names: JsonObject): ExpressionError {
    const failure: Failure = {
      source: this.source,
      root: this.#root,
      analysis: this.analysis,
      names,
      functions: [...FUNCTION_NAMES, ...METHOD_NAMES],
      keysOf: (part) => keysOf((plan(environment, part) as Plan)(this.#activation)),
    };
    return explainFailure(error, failure);
  }
}

type FieldPlan = { key: string } & ({ path: string[] } | { run: Plan });

function fieldValue(result: CelResult): Json | undefined {
  if (isCelError(result)) return undefined;
  try {
    return toJson(result);
  } catch {
    return undefined;
  }
}

function withHost(host: Host, run: Plan, activation: Activation): CelResult {
  const before = currentHost;
  currentHost = host;
  try {
    return run(activation);
  } finally {
    currentHost = before;
  }
}

function requireHost(): Host {
  if (currentHost === undefined) throw new OrkError('internal', 'no expression is being evaluated');
  return currentHost;
}

interface ParserError {
  rawMessage?: string;
  location?: { start: { offset: number }; end: { offset: number } };
}

function explainSyntax(source: string, thrown: unknown): ExpressionError {
  if (thrown instanceof RangeError)
    return syntaxError(source, 'the expression nests too deeply', 0);
  const { rawMessage, location } = thrown as ParserError;
  const offset = location?.start.offset ?? 0;
  if (rawMessage === undefined || location === undefined) {
    return syntaxError(source, thrown instanceof Error ? thrown.message : String(thrown), 0);
  }
  if (rawMessage.startsWith('reserved')) {
    const word = /^\w+/.exec(source.slice(offset))?.[0] ?? '';
    return syntaxError(source, `'${word}' is a reserved word`, offset, word.length);
  }
  if (offset >= source.trimEnd().length) {
    return syntaxError(
      source,
      'the expression ends too early',
      Math.max(0, source.trimEnd().length - 1),
    );
  }
  return unexpectedText(source, offset);
}

function unexpectedText(source: string, offset: number): ExpressionError {
  const text = /^(?:\w+|\S)/.exec(source.slice(offset))?.[0] ?? source.charAt(offset);
  const message = `unexpected '${text}' in ${quoteExpression(source)}`;
  return syntaxError(source, message, offset, text.length, hintFor(text, source));
}

function hintFor(text: string, source: string): string | undefined {
  if (text === '|') return 'there are no pipes: write upper(name) for `name | upper`';
  const [first = ''] = /[A-Za-z_]\w*/.exec(source) ?? [];
  return FUNCTION_NAMES.has(first) ? undefined : didYouMean(first, FUNCTION_NAMES);
}

function syntaxError(
  expression: string,
  message: string,
  offset: number,
  length = 1,
  hint?: string,
): ExpressionError {
  const options = { reason: 'expression.syntax' as const, expression, offset, length };
  return new ExpressionError(message, hint === undefined ? options : { ...options, hint });
}

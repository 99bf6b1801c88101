import type { Json, JsonObject } from '../types/json.ts';
import { evaluateBounded } from './bounded-evaluation.ts';
import type { Expression } from './cel.ts';
import { ExpressionError } from './errors.ts';
import { MAX_RESULT_BYTES } from './limits.ts';
import { plainPath } from './plain-path.ts';
import { isSurelyPlannable } from './plannable.ts';
import type { Analysis, FunctionCall, Reference } from './references.ts';
import { isTemplate, type Segment, scanTemplate } from './scanner.ts';
import type { Scope } from './scope.ts';

type Cel = typeof import('./cel.ts');

/** A string, or any JSON value with strings in it, ready to be rendered any number of times. */
export interface Template {
  /** True when there is nothing to evaluate: `render` yields the value as it is. */
  readonly literal: boolean;
  /**
   * Rejects with an `ExpressionError` when an expression fails: with the code `timeout` when one that is
   * not linear has taken longer than the deadline. What expressions yield is not rendered again.
   */
  render(scope: Scope, options?: RenderOptions): Promise<Json>;
}

export interface RenderOptions {
  /** How long each expression that is not linear may take, in milliseconds; 250 when absent. */
  deadlineMs?: number;
}

/** What a template's text says of itself; offsets count from the start of the text. */
export interface Inspection {
  references: Reference[];
  calls: FunctionCall[];
  /** The literal names of the secrets that it reads. */
  secrets: string[];
  /** True when the text is exactly one `{{ expression }}`, so that it yields any type. */
  typed: boolean;
  errors: ExpressionError[];
}

let loading: Promise<Cel> | undefined;

/**
 * Loads what evaluates CEL. Everything in this file calls it by itself when a value has a `{{`; a program
 * that will need it anyway may call it early.
 */
function loadCel(): Promise<Cel> {
  loading ??= import('./cel.ts');
  return loading;
}

/**
 * Compiles one string. CEL is loaded only if it has a `{{`.
 * Rejects with an `ExpressionError` (`expression.syntax`), its offset counting from the start of `text`.
 */
export async function compileTemplate(text: string): Promise<Template> {
  return isTemplate(text) ? buildText(text, await loadCel()) : new LiteralTemplate(text);
}

/** Compiles a value: every string in it is a template, keys and other scalars are literal. */
export async function compileValue(value: Json): Promise<Template> {
  return holdsTemplate(value) ? buildValue(value, await loadCel()) : new LiteralTemplate(value);
}

const compiled = new WeakMap<object, Promise<Template>>();

/**
 * Renders every string of a value. Lists and maps are compiled once and remembered for as long as
 * the value lives, so it must not be changed afterwards.
 */
export async function renderValue(
  value: Json,
  scope: Scope,
  options: RenderOptions = {},
): Promise<Json> {
  if (typeof value !== 'object' || value === null) {
    return (await compileValue(value)).render(scope, options);
  }
  let template = compiled.get(value);
  if (template === undefined) {
    template = compileValue(value);
    compiled.set(value, template);
  }
  return (await template).render(scope, options);
}

/** True when a string anywhere in the value has a `{{`. */
function holdsTemplate(value: Json): boolean {
  if (typeof value === 'string') return isTemplate(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsTemplate);
}

/** Looks at a text without rendering it and collects all its mistakes instead of throwing the first. */
export async function inspectTemplate(text: string): Promise<Inspection> {
  const inspection = noFindings();
  if (!isTemplate(text)) return inspection;
  try {
    const segments = scanTemplate(text);
    inspection.typed = isTyped(segments);
    for (const segment of segments) await inspectSegment(segment, text, inspection);
  } catch (error) {
    inspection.errors.push(asExpressionError(error));
  }
  return inspection;
}

/** The same for a text that is one expression, without braces. */
export async function inspectExpression(source: string): Promise<Inspection> {
  const inspection: Inspection = { ...noFindings(), typed: true };
  await inspectSegment({ kind: 'expression', source, offset: 0 }, source, inspection);
  return inspection;
}

function noFindings(): Inspection {
  return { references: [], calls: [], secrets: [], typed: false, errors: [] };
}

async function inspectSegment(segment: Segment, text: string, found: Inspection): Promise<void> {
  if (segment.kind === 'text') return;
  try {
    const analysis = await analyseSource(segment.source);
    const { offset } = segment;
    found.secrets = [...new Set([...found.secrets, ...analysis.secrets])];
    for (const call of analysis.calls) found.calls.push({ ...call, offset: call.offset + offset });
    for (const reference of analysis.references) {
      const offsets = reference.offsets.map((place) => place + offset);
      found.references.push({ ...reference, offsets });
    }
  } catch (error) {
    found.errors.push(asExpressionError(error).within(text, segment.offset));
  }
}

/** Without CEL where it is not needed, and mostly with its parser alone. */
async function analyseSource(source: string): Promise<Omit<Analysis, 'linear'>> {
  const path = plainPath(source);
  if (path !== undefined) return { references: [path], calls: [], secrets: [] };
  const { parseExpression } = await import('./parse.ts');
  const { root, analysis } = parseExpression(source);
  if (isSurelyPlannable(root)) return analysis;
  const { compileExpression } = await loadCel();
  return compileExpression(source).analysis;
}

function asExpressionError(error: unknown): ExpressionError {
  if (error instanceof ExpressionError) return error;
  throw error;
}

function isTyped(segments: Segment[]): boolean {
  return segments.length === 1 && segments[0]?.kind === 'expression';
}

class LiteralTemplate implements Template {
  readonly literal = true;
  readonly #value: Json;

  constructor(value: Json) {
    this.#value = value;
  }

  async render(): Promise<Json> {
    return this.#value;
  }
}

class TypedTemplate implements Template {
  readonly literal = false;
  readonly #expression: Expression;

  constructor(expression: Expression) {
    this.#expression = expression;
  }

  render(scope: Scope, { deadlineMs }: RenderOptions = {}): Promise<Json> {
    return evaluateBounded(this.#expression, scope, deadlineMs);
  }
}

class TextTemplate implements Template {
  readonly literal = false;
  readonly #text: string;
  readonly #parts: (string | Expression)[];

  constructor(text: string, parts: (string | Expression)[]) {
    this.#text = text;
    this.#parts = parts;
  }

  async render(scope: Scope, { deadlineMs }: RenderOptions = {}): Promise<Json> {
    let rendered = '';
    for (const part of this.#parts) {
      rendered +=
        typeof part === 'string'
          ? part
          : spliceText(await evaluateBounded(part, scope, deadlineMs));
      if (rendered.length > MAX_RESULT_BYTES) throw this.#tooLarge();
    }
    return rendered;
  }

  #tooLarge(): ExpressionError {
    const message = `the text is larger than ${MAX_RESULT_BYTES} bytes`;
    const expression = this.#text;
    const code = 'resource-exhausted';
    return new ExpressionError(message, { reason: 'expression.too-large', code, expression });
  }
}

class ListTemplate implements Template {
  readonly literal = false;
  readonly #items: Template[];

  constructor(items: Template[]) {
    this.#items = items;
  }

  async render(scope: Scope, options?: RenderOptions): Promise<Json> {
    const rendered: Json[] = [];
    for (const item of this.#items) rendered.push(await item.render(scope, options));
    return rendered;
  }
}

class MapTemplate implements Template {
  readonly literal = false;
  readonly #members: [string, Template][];

  constructor(members: [string, Template][]) {
    this.#members = members;
  }

  async render(scope: Scope, options?: RenderOptions): Promise<Json> {
    const rendered: [string, Json][] = [];
    for (const [key, member] of this.#members) {
      rendered.push([key, await member.render(scope, options)]);
    }
    return Object.fromEntries(rendered);
  }
}

function buildText(text: string, cel: Cel): Template {
  const compile = ({ kind, source, offset }: Segment): string | Expression => {
    if (kind === 'text') return source;
    try {
      return cel.compileExpression(source);
    } catch (error) {
      throw asExpressionError(error).within(text, offset);
    }
  };
  const parts = scanTemplate(text).map(compile);
  const [only] = parts;
  const typed = parts.length === 1 && only !== undefined && typeof only !== 'string';
  return typed ? new TypedTemplate(only) : new TextTemplate(text, parts);
}

function buildValue(value: Json, cel: Cel): Template {
  if (!holdsTemplate(value)) return new LiteralTemplate(value);
  if (typeof value === 'string') return buildText(value, cel);
  if (Array.isArray(value)) return new ListTemplate(value.map((item) => buildValue(item, cel)));
  const members = Object.entries(value as JsonObject);
  return new MapTemplate(members.map(([key, member]) => [key, buildValue(member, cel)]));
}

/** How a value reads inside a text: strings as they are, the rest as JSON. */
function spliceText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

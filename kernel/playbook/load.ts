import {
  Composer,
  type CST,
  type Document,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  type YAMLError,
} from 'yaml';
import type { JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import { type Findings, ProblemList } from './problem-list.ts';
import { type Path, pathKey, SourceMap } from './source-map.ts';
import { yamlMistakes } from './yaml-error.ts';
import { MAX_DEPTH, RAW_TAG, ValueBuilder } from './yaml-value.ts';

/** The largest playbook, in bytes of UTF-8. */
export const MAX_PLAYBOOK_BYTES = 1024 * 1024;
const MAX_SYNTAX_PROBLEMS = 20;
/** Far more than `MAX_DEPTH` levels need, and few enough to recurse over. */
const MAX_OPEN_TOKENS = 4 * MAX_DEPTH;

/** A playbook's text as data, with the place of every key and value. */
export interface LoadedPlaybook {
  file: string;
  /** The text without a byte order mark: what positions refer to. */
  text: string;
  value: JsonObject;
  map: SourceMap;
  /** True for a string tagged `!raw`, in which `{{` is plain text. */
  isRaw(path: Path): boolean;
}

export interface LoadResult extends Findings {
  /** Missing when there are problems. */
  loaded?: LoadedPlaybook;
}

/**
 * Reads a playbook's YAML. It never throws for what the text holds: everything that is wrong with
 * it becomes a problem with a position. `file` is the name that positions carry.
 */
export function loadPlaybook(source: string, file: string): LoadResult {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const problems = new ProblemList();
  // Not by how much: no more than that is read of it.
  if (Buffer.byteLength(text) > MAX_PLAYBOOK_BYTES) {
    const message = `the playbook is larger than ${MAX_PLAYBOOK_BYTES} bytes`;
    problems.error('yaml.size', message, { file, line: 1, column: 1, length: 1 });
    return problems.findings();
  }
  const loaded = new Loader(text, file, problems).load();
  return loaded === undefined || problems.hasErrors()
    ? problems.findings()
    : { loaded, ...problems.findings() };
}

class Loader {
  readonly #text: string;
  readonly #problems: ProblemList;
  readonly #lines = new LineCounter();
  readonly #map: SourceMap;

  constructor(text: string, file: string, problems: ProblemList) {
    this.#text = text;
    this.#problems = problems;
    this.#map = new SourceMap(file, text, this.#lines);
  }

  load(): LoadedPlaybook | undefined {
    const tokens = this.#parse();
    if (tokens === undefined) return undefined;
    const document = this.#compose(tokens);
    return document === undefined ? undefined : this.#build(document);
  }

  /** The composer recurses, so that nesting without end has to be stopped here, in the flat parser. */
  #parse(): CST.Token[] | undefined {
    const parser = new Parser(this.#lines.addNewLine);
    const tokens: CST.Token[] = [];
    this.#lines.addNewLine(0);
    for (const lexeme of new Lexer().lex(this.#text)) {
      for (const token of parser.next(lexeme)) tokens.push(token);
      if (parser.stack.length <= MAX_OPEN_TOKENS) continue;
      const message = `lists and maps nest deeper than ${MAX_DEPTH} levels`;
      this.#error('yaml.depth', message, parser.offset);
      return undefined;
    }
    return [...tokens, ...parser.end()];
  }

  #compose(tokens: CST.Token[]): Document.Parsed<ParsedNode> | undefined {
    const composer = new Composer({
      version: '1.2',
      schema: 'core',
      // Otherwise `!!set`, `!!binary` and the like of YAML 1.1 come in by their tags.
      resolveKnownTags: false,
      stringKeys: true,
      // Comparing all keys with each other takes the square of their number; ValueBuilder does it.
      uniqueKeys: false,
      prettyErrors: false,
      customTags: [{ tag: RAW_TAG, resolve: (text: string) => text }],
    });
    const [document, second] = composer.compose(tokens, false, this.#text.length);
    if (document === undefined) {
      this.#error('yaml.empty', 'the playbook is empty', 0);
      return undefined;
    }
    this.#reportSyntax([...document.errors, ...document.warnings], tokens);
    if (second !== undefined) {
      const start = second.contents?.range[0] ?? second.range[0];
      this.#error(
        'yaml.documents',
        'a playbook is a single YAML document',
        start,
        'remove the `---`',
      );
    }
    if (document.directives.yaml.explicit && document.directives.yaml.version !== '1.2') {
      this.#error('yaml.version', 'playbooks are YAML 1.2', 0, 'remove the %YAML line');
    }
    return document;
  }

  #build(document: Document.Parsed<ParsedNode>): LoadedPlaybook | undefined {
    if (this.#problems.hasErrors()) return undefined;
    const builder = new ValueBuilder(this.#map, this.#problems);
    const value = builder.build(document.contents);
    if (value === null) {
      this.#error('yaml.empty', 'the playbook is empty', 0);
      return undefined;
    }
    if (!isJsonObject(value)) {
      const hint = 'start with `name:` and `schemaVersion: v1.0.0`';
      this.#error(
        'yaml.root',
        'a playbook is a map of keys',
        document.contents?.range[0] ?? 0,
        hint,
      );
      return undefined;
    }
    const isRaw = (path: Path) => builder.raw.has(pathKey(path));
    return { file: this.#map.file, text: this.#text, value, map: this.#map, isRaw };
  }

  #reportSyntax(errors: YAMLError[], tokens: CST.Token[]): void {
    // Braces without quotes cause a chain of errors that say nothing of templates.
    const bare = errors.map(({ pos }) => this.#bareTemplateAt(pos[0])).find((at) => at >= 0);
    if (bare !== undefined) {
      const position = this.#map.positionAt(bare, 2);
      const hint = 'write "{{ … }}"';
      this.#problems.error('yaml.bare-template', 'a template must be in quotes', position, hint);
      return;
    }
    const first = errors.slice(0, MAX_SYNTAX_PROBLEMS);
    const lineOf = (offset: number): number => this.#lines.linePos(offset).line;
    for (const { offset, length, text, hint } of yamlMistakes(first, tokens, lineOf)) {
      this.#problems.error('yaml.syntax', text, this.#map.positionAt(offset, length), hint);
    }
  }

  /** Where `{{` stands at an offset or right before it; -1 when it does not. */
  #bareTemplateAt(offset: number): number {
    const before = Math.max(0, offset - 1);
    const found = this.#text.slice(before, offset + 2).indexOf('{{');
    return found < 0 ? -1 : before + found;
  }

  #error(reason: string, message: string, offset: number, hint?: string): void {
    this.#problems.error(reason, message, this.#map.positionAt(offset, 1), hint);
  }
}

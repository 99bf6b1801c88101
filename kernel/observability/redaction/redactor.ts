import type { Json } from '../../types/json.ts';
import { type CutEnds, FormMatcher, type Found } from './form-matcher.ts';
import { LineRedactor } from './line-redactor.ts';
import { mask } from './mask.ts';
import { redactJson } from './redact-json.ts';
import { type Form, SecretForms } from './secret-forms.ts';
import { StreamRedactor } from './stream-redactor.ts';

const MAY_BE_CUT: CutEnds = { start: true, end: true };

/**
 * Knows the secrets of a run and removes them from what leaves it: as they are, escaped, or encoded in
 * base64 or hex. A large part of a secret at the start or the end of a text counts as one, since output is
 * cut to size before it comes here.
 */
export class Redactor {
  readonly #secretForms = new SecretForms();
  readonly #values = new Set<string>();
  readonly #forms: Form[] = [];
  #matcher: FormMatcher | undefined;

  /**
   * From now on this value is removed. White space around it does not count; a value that then has less than
   * six bytes would be found everywhere, and is let through.
   */
  add(value: string): void {
    if (this.#values.has(value)) return;
    this.#values.add(value);
    this.#forms.push(...this.#secretForms.of(value));
    // Made at the first need: secrets come one after the other.
    this.#matcher = undefined;
  }

  /** The text with `***` for every secret in it; the text itself when there is none. */
  redactText(text: string): string {
    return mask(text, this.find(text, MAY_BE_CUT).intervals);
  }

  /** The same for every text, number and key of a value; the value itself when nothing was found. */
  redactJson<T extends Json>(value: T): T;
  redactJson(value: Json): Json {
    return this.#forms.length === 0 ? value : redactJson(value, (text) => this.redactText(text));
  }

  /** For a text that comes in chunks. */
  stream(): StreamRedactor {
    return new StreamRedactor((text, cut) => this.find(text, cut));
  }

  /** For a text that comes in lines. */
  lines<Item>(): LineRedactor<Item> {
    return new LineRedactor((text, cut) => this.find(text, cut));
  }

  /** Where the secrets stand in a text. */
  find(text: string, cut: CutEnds): Found {
    if (this.#forms.length === 0) return { intervals: [], open: text.length };
    this.#matcher ??= new FormMatcher(this.#forms);
    return this.#matcher.find(text, cut);
  }
}

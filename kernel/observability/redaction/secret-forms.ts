import { base64Spelling, characterSpelling, hexSpelling } from './character-spellings.ts';
import type { Spelling } from './spelling.ts';

/** What is shorter, in bytes of UTF-8, is no secret: it would be found in any text. */
const MIN_SECRET_BYTES = 6;
/** A line of a secret of several lines is one by itself from so many bytes on. */
const MIN_LINE_BYTES = 16;
/** The first and the last line of a PEM block are no secret. */
const PEM_BORDER = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** One way to write a secret: spellings one after the other, of which the last ones may be missing. */
export interface Form {
  spellings: Spelling[];
  /** How many of them have to be there. */
  required: number;
}

/**
 * The forms in which a secret is looked for: plain and escaped, base64 at each of its three alignments, hex.
 * White space around it does not count. Each long line of a secret is looked for as well.
 */
export class SecretForms {
  /** Spellings are shared: a secret of some kilobytes takes one reference a character. */
  readonly #characters = new Map<string, Spelling>();
  readonly #base64 = new Map<string, Spelling>();
  readonly #hex = new Map<string, Spelling>();

  of(value: string): Form[] {
    return protectedTexts(value).flatMap((text) => {
      const bytes = Buffer.from(text);
      const base64 = [0, 1, 2].map((before) => this.#base64Form(bytes, before));
      return [this.#plainForm(text), ...base64, this.#hexForm(bytes)];
    });
  }

  #plainForm(text: string): Form {
    const characters = [...text.replaceAll('\r\n', '\n')];
    const spellings = characters.map((character) =>
      kept(this.#characters, character, () => characterSpelling(character)),
    );
    return { spellings, required: spellings.length };
  }

  /** What is the same whatever stands around a secret that `before` bytes of a group of three precede. */
  #base64Form(bytes: Buffer, before: number): Form {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    const spellings = [...padded.slice(Math.ceil((before * 8) / 6), whole)].map((character, at) =>
      this.#base64Spelling(character, at > 0),
    );
    const required = spellings.length;
    const rest = padded[whole];
    if (rest !== undefined) {
      const end = this.#base64Spelling('=', false);
      spellings.push(this.#base64Spelling(startingLike(rest, (before + bytes.length) % 3), false));
      spellings.push(end, end);
    }
    return { spellings, required };
  }

  #base64Spelling(characters: string, inside: boolean): Spelling {
    return kept(this.#base64, characters + inside, () => base64Spelling(characters, inside));
  }

  #hexForm(bytes: Buffer): Form {
    const spellings = [...bytes].map((byte, at) =>
      kept(this.#hex, `${byte}${at > 0}`, () => hexSpelling(byte, at > 0)),
    );
    return { spellings, required: spellings.length };
  }
}

/** The secret without the white space around it, and its lines that are long enough. */
function protectedTexts(value: string): string[] {
  const text = value.trim();
  if (Buffer.byteLength(text) < MIN_SECRET_BYTES) return [];
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const long = lines.filter(
    (line) => Buffer.byteLength(line) >= MIN_LINE_BYTES && !PEM_BORDER.test(line),
  );
  return [...new Set([text, ...long])];
}

/** The characters of base64 whose first bits are those of `rest`: two of six after one byte, four after two. */
function startingLike(rest: string, bytes: number): string {
  const free = bytes === 1 ? 16 : 4;
  const first = Math.floor(BASE64.indexOf(rest) / free) * free;
  return BASE64.slice(first, first + free);
}

function kept<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../../test/support/property-runs.ts';
import { Redactor } from './redactor.ts';

function knowing(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

interface Encoding {
  write(text: string): string;
  /** What one can read in a text by undoing it, wherever the encoded part begins. */
  read(text: string): string[];
}

const ENCODINGS: Record<string, Encoding> = {
  'plain text': { write: (text) => text, read: (text) => [text] },
  JSON: { write: (text) => JSON.stringify(text), read: (text) => [unbackslash(text)] },
  'JSON of ASCII': {
    write: (text) =>
      JSON.stringify(text).replace(
        /[^ -~]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    read: (text) => [unbackslash(text)],
  },
  'JSON in JSON': {
    write: (text) => JSON.stringify({ body: JSON.stringify({ text }) }),
    read: (text) => [unbackslash(unbackslash(text))],
  },
  'an address': { write: encodeURIComponent, read: (text) => [unpercent(text)] },
  'an address in an address': {
    write: (text) => encodeURIComponent(encodeURIComponent(text)),
    read: (text) => [unpercent(unpercent(text))],
  },
  'a form': {
    write: (text) => new URLSearchParams({ text }).toString(),
    read: (text) => [unpercent(text.replaceAll('+', ' '))],
  },
  base64: {
    write: (text) => Buffer.from(text).toString('base64'),
    read: (text) => decodings(text, 'base64', 4),
  },
  'base64 for addresses': {
    write: (text) => Buffer.from(text).toString('base64url'),
    read: (text) => decodings(text, 'base64', 4),
  },
  'base64 in short lines': {
    write: (text) => Buffer.from(text).toString('base64').replace(/.{16}/g, '$&\n'),
    read: (text) => decodings(text.replaceAll('\n', ''), 'base64', 4),
  },
  hex: {
    write: (text) => Buffer.from(text).toString('hex'),
    read: (text) => decodings(text, 'hex', 2),
  },
};

function unbackslash(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_, code, letter) =>
    code === undefined ? (ESCAPED.get(letter) ?? letter) : String.fromCharCode(parseInt(code, 16)),
  );
}

const ESCAPED = new Map(Object.entries({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }));

function unpercent(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  const decoded = bytes.replace(/%([0-9A-F]{2})/g, (_, code) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  return Buffer.from(decoded, 'latin1').toString();
}

/** A piece may begin anywhere in a group: each offset is tried. */
function decodings(text: string, encoding: 'base64' | 'hex', group: number): string[] {
  return text
    .split('***')
    .flatMap((piece) =>
      Array.from({ length: group }, (_, offset) =>
        Buffer.from(piece.slice(offset), encoding).toString(),
      ),
    );
}

const words = fc.string({ unit: 'grapheme', maxLength: 40 });
const secrets = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...`ab"'\\/+ %&\n`),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    minLength: 6,
    maxLength: 40,
  })
  .filter((text) => Buffer.byteLength(text.trim()) >= 6 && !text.includes('*') && !/\r/.test(text));

function split(text: string, cuts: number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
}

describe.each(Object.entries(ENCODINGS))('any secret in any text, written as %s', (_, encoding) => {
  const shows = (text: string, secret: string): boolean =>
    encoding.read(text).some((view) => view.includes(secret.trim()));
  const scenario = fc.record({
    secrets: fc.array(secrets, { minLength: 1, maxLength: 3 }),
    around: fc.tuple(words, words, words),
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
  });

  test(
    'is not shown, however the text is split',
    () => {
      fc.assert(
        fc.property(scenario, ({ secrets: known, around, cuts }) => {
          const redactor = knowing(...known);
          const text = encoding.write(
            around.flatMap((word, at) => [word, known[at] ?? '']).join(''),
          );
          for (const secret of known) expect(shows(text, secret)).toBe(true);
          const stream = redactor.stream();
          const chunks = split(text, cuts).map((chunk) => stream.push(chunk));
          for (const redacted of [redactor.redactText(text), chunks.join('') + stream.end()]) {
            for (const secret of known) expect(shows(redacted, secret)).toBe(false);
          }
        }),
        propertyRuns(50),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});

test(
  'any text without secrets is unchanged, however it is split',
  () => {
    const scenario = fc.record({
      text: fc.string({ unit: 'binary', maxLength: 200 }),
      cuts: fc.array(fc.nat()),
    });
    const redactor = knowing('9c1185a5c5e9fc54612808977ee8f548', 'Zm9vYmFyYmF6cXV4-long enough');
    fc.assert(
      fc.property(scenario, ({ text, cuts }) => {
        const stream = redactor.stream();
        const chunks = split(text, cuts).map((chunk) => stream.push(chunk));
        expect(redactor.redactText(text)).toBe(text);
        expect(chunks.join('') + stream.end()).toBe(text);
      }),
      propertyRuns(200),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'any text has the same secrets removed as a search for each of them would find',
  () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 9 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '|'), maxLength: 60 });
    fc.assert(
      fc.property(fc.array(few, { minLength: 1, maxLength: 3 }), text, (known, given) => {
        const covered = [...given].map((_, at) =>
          known.some((secret) =>
            Array.from({ length: secret.length }, (_, back) => at - back).some(
              (start) => start >= 0 && given.startsWith(secret, start),
            ),
          ),
        );
        const expected = [...given].map((unit, at) => (covered[at] ? '*' : unit)).join('');
        // A bar at both ends: nothing is taken for cut off.
        expect(knowing(...known).redactText(`|${given}|`)).toBe(
          `|${expected.replace(/\*+/g, '***')}|`,
        );
      }),
      propertyRuns(300),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

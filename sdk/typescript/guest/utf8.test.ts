import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const reference = new TextDecoder('utf-8', { ignoreBOM: true });

describe('UTF-8', () => {
  it('encodes any text as the platform does, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
        const text = a + b + a.slice(1);
        expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
      }),
      { numRuns: 500 },
    );
    for (const text of ['\ud800', '\udc00x', '\ud800\ud800\udc00', '😀€é\0']) {
      expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
    }
  });

  it('decodes any bytes as the platform does', () => {
    const tricky = fc.array(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0xff),
    );
    const any = fc.oneof(
      fc.uint8Array(),
      tricky.map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(any, (bytes) => {
        expect(decodeUtf8(bytes)).toBe(reference.decode(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('decodes characters that straddle its blocks', () => {
    const text = `${'a'.repeat(4095)}😀${'é'.repeat(5000)}`;
    expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
  });

  it('can be told to refuse', () => {
    expect(() => decodeUtf8(Uint8Array.of(0xff), true)).toThrow('not valid UTF-8');
    expect(decodeUtf8(encodeUtf8('é'), true)).toBe('é');
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TailBuffer } from './tail-buffer.ts';

it('keeps exactly the last bytes, however they come', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 50 }), (parts, limit) => {
      const buffer = new TailBuffer(limit);
      for (const part of parts) buffer.append(part);
      const all = parts.flatMap((part) => [...part]);
      expect([...buffer.bytes()]).toEqual(all.slice(-limit));
      expect(buffer.truncated).toBe(all.length > limit);
    }),
    { numRuns: 300 },
  );
});

it('leaves out the rest of a character that was cut', () => {
  const buffer = new TailBuffer(4);
  buffer.append(new TextEncoder().encode('a€b€'));
  expect(buffer.text()).toBe('b€');
});

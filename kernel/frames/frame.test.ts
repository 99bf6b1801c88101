import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FRAME_KINDS, type Frame, FrameDecoder, MAX_FRAME_BYTES } from './frame.ts';

function bytesOf(frame: Frame): Buffer {
  return Buffer.concat(encodeFrame(frame));
}

const event: Frame = {
  kind: FRAME_KINDS.event,
  id: 0,
  header: { m: 'log' },
  body: new Uint8Array(0),
};

test('frames survive any way of being cut into pieces', () => {
  const frame = fc.record({
    kind: fc.constantFrom(...Object.values(FRAME_KINDS)),
    id: fc.nat(),
    header: fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.string(),
    ),
    body: fc.uint8Array({ maxLength: 50 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1 }), fc.array(fc.nat(40)), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(bytesOf));
      const decoder = new FrameDecoder();
      const decoded: Frame[] = [];
      let from = 0;
      for (const cut of [...cuts, bytes.length]) {
        const to = Math.min(bytes.length, from + cut);
        decoded.push(...decoder.push(bytes.subarray(from, to)));
        from = to;
      }
      expect(decoded.map(plain)).toEqual(frames.map(plain));
    }),
  );
});

function plain(frame: Frame): object {
  return { ...frame, header: { ...frame.header }, body: [...frame.body] };
}

test('a frame above the limit is refused from its length alone', () => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(MAX_FRAME_BYTES + 1);
  expect(() => new FrameDecoder().push(length)).toThrow(
    expect.objectContaining({ reason: 'protocol.oversized-frame' }),
  );
});

test('a frame too large to send is refused before it is sent', () => {
  expect(() => encodeFrame({ ...event, body: new Uint8Array(MAX_FRAME_BYTES) })).toThrow(
    expect.objectContaining({ reason: 'protocol.oversized-frame' }),
  );
});

test.each([
  ['an unknown kind', (bytes: Buffer) => bytes.writeUInt8(9, 4)],
  ['a header longer than the frame', (bytes: Buffer) => bytes.writeUInt32BE(9999, 9)],
  ['a header that is not JSON', (bytes: Buffer) => bytes.write('?', 13)],
  ['a length shorter than the prefix', (bytes: Buffer) => bytes.writeUInt32BE(3, 0)],
])('%s is malformed', (_, damage) => {
  const bytes = bytesOf(event);
  damage(bytes);
  expect(() => new FrameDecoder().push(bytes)).toThrow(
    expect.objectContaining({ reason: 'protocol.malformed-frame' }),
  );
});

test('a header that is a list is malformed', () => {
  const bytes = bytesOf({ ...event, header: [] as unknown as Frame['header'] });
  expect(() => new FrameDecoder().push(bytes)).toThrow(/not an object/);
});

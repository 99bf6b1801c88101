import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../../test/support/property-runs.ts';
import {
  type AuditHead,
  GENESIS,
  keyedSeal,
  plainSeal,
  type Seal,
  sealEntry,
} from './audit-chain.ts';
import { type ChainReport, verifyChain } from './verify-chain.ts';

interface Made {
  lines: string[];
  head: AuditHead;
}

function chainOf(details: string[], seal: Seal = plainSeal, start: AuditHead = GENESIS): Made {
  let head = start;
  const lines = details.map((text) => {
    const made = sealEntry(
      { event: 'test', time: 0, actor: 'user:me', workload: null, run: 'r', detail: { text } },
      head,
      seal,
    );
    head = made.head;
    return made.line;
  });
  return { lines, head };
}

const textOf = (lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function verify(
  files: Buffer[],
  { seal = plainSeal, head, piece = 1000 }: { seal?: Seal; head?: AuditHead; piece?: number } = {},
): Promise<ChainReport> {
  const named = files.map((bytes, index) => ({
    name: `file${index + 1}`,
    pieces: inPieces(bytes, piece),
  }));
  return verifyChain(named, head === undefined ? { seal } : { seal, head });
}

describe('a log that nobody touched', () => {
  const { lines, head } = chainOf(['a', 'b', 'c']);

  test('is in order', async () => {
    const position = { time: '1970-01-01T00:00:00.000Z', event: 'test' };
    expect(await verify([textOf(lines)])).toEqual({
      lines: 3,
      first: { seq: 1, ...position },
      last: { seq: 3, ...position },
      head,
      problem: null,
    });
  });

  test('is in order however its bytes arrive', async () => {
    for (const piece of [1, 7, 300]) {
      expect(await verify([textOf(lines)], { piece })).toMatchObject({ lines: 3, problem: null });
    }
  });

  test('may consist of several files', async () => {
    const files = [textOf(lines.slice(0, 1)), Buffer.alloc(0), textOf(lines.slice(1))];
    expect(await verify(files, { head })).toMatchObject({ lines: 3, problem: null });
  });

  test('fits its head, and the head that it had earlier', async () => {
    const earlier = chainOf(['a', 'b']).head;
    for (const known of [head, earlier, GENESIS]) {
      expect((await verify([textOf(lines)], { head: known })).problem).toBeNull();
    }
  });

  test('made with a key is in order for who has the key, and for no other', async () => {
    const seal = keyedSeal(Buffer.alloc(32, 1));
    const file = textOf(chainOf(['a', 'b'], seal).lines);
    expect((await verify([file], { seal })).problem).toBeNull();
    for (const other of [plainSeal, keyedSeal(Buffer.alloc(32, 2))]) {
      expect((await verify([file], { seal: other })).problem).toEqual({
        file: 'file1',
        line: 1,
        message: 'was changed: its hash does not fit (or the log was made with another key)',
      });
    }
  });
});

describe('what was done to a log is told with the line', () => {
  const { lines, head } = chainOf(['a', 'b', 'c', 'd', 'e']);
  const [a, b, c, d, e] = lines as [string, string, string, string, string];
  const other = chainOf(['A', 'B', 'C', 'D', 'E']).lines;
  const forged = sealEntry(
    { event: 'test', time: 0, actor: 'x', workload: null, run: null, detail: {} },
    { seq: 2, hash: 'f'.repeat(64) },
    plainSeal,
  ).line;
  const noEntry = `{"a":1,"hash":"${plainSeal('{"a":1}')}"}`;

  test.each<[string, string[], number, string]>([
    ['an edit', [a, b.replace('"b"', '"x"'), c], 2, 'was changed: its hash does not fit'],
    ['a hash of another form', [a, b.replace(/.{4}"\}$/, 'ABCD"}')], 2, 'its hash was changed'],
    ['a removed line', [a, c, d], 2, 'has seq 3, and seq 2 should come before it'],
    ['several removed lines', [a, e], 2, 'has seq 5, and seq 2 to 4 should come before it'],
    ['a removed start', [c, d, e], 1, 'has seq 3, and seq 1 to 2 should come before it'],
    ['exchanged lines', [a, c, b, d, e], 2, 'has seq 3, and seq 2 should come before it'],
    ['a repeated line', [a, b, b, c], 3, 'has seq 2 after seq 2: lines were moved or repeated'],
    ['a line of another log', [a, other[1] as string, c], 2, 'does not follow the line before'],
    ['a line that continues nothing', [a, b, forged], 3, 'does not follow the line before'],
    ['an empty line', [a, '', b], 2, 'is no line of an audit log'],
    ['a line of something else', [a, 'text', b], 2, 'is no line of an audit log'],
    [
      'JSON with a hash that is no entry',
      [noEntry],
      1,
      'has a hash that fits, but is no audit line',
    ],
  ])('%s', async (_, changed, line, message) => {
    expect((await verify([textOf(changed)])).problem).toEqual({
      file: 'file1',
      line,
      message: expect.stringContaining(message),
    });
  });

  test('a tail that was cut off, when the head is known', async () => {
    expect((await verify([textOf([a, b, c])], { head })).problem).toEqual({
      file: 'file1',
      line: 3,
      message: 'is the last one, with seq 3: the lines up to seq 5 were cut off',
    });
    expect((await verify([textOf([a, b, c])])).problem).toBeNull();
  });

  test('a log that was made anew, when the head is known', async () => {
    expect((await verify([textOf(other)], { head })).problem).toMatchObject({
      line: 5,
      message: expect.stringContaining('another hash than the known head'),
    });
  });

  test('a line that was cut off in its middle', async () => {
    const cut = textOf([a, b]).subarray(0, -1);
    expect((await verify([cut])).problem).toEqual({
      file: 'file1',
      line: 2,
      message: 'is cut off before its end',
    });
  });

  test('a log without a line', async () => {
    expect((await verify([Buffer.alloc(0)])).problem).toEqual({
      file: 'file1',
      line: 1,
      message: 'is missing: the log is empty',
    });
  });

  test('the file among several', async () => {
    const { problem } = await verify([textOf([a, b]), textOf([d, e])]);
    expect(problem).toMatchObject({ file: 'file2', line: 1 });
  });

  test.each([
    ['with', '\n'],
    ['without', ''],
  ])('a line without end is given up, %s a line feed somewhere', async (_, end) => {
    const long = Buffer.from(`${'x'.repeat(70_000)}${end}`);
    for (const piece of [1000, 100_000]) {
      const { problem } = await verify([Buffer.concat([textOf([a]), long])], { piece });
      expect(problem).toEqual({
        file: 'file1',
        line: 2,
        message: 'is longer than 65536 bytes: it is no line of an audit log',
      });
    }
  });
});

describe('in any log', () => {
  const seals: Seal[] = [plainSeal, keyedSeal(Buffer.alloc(32, 7))];
  const log = fc.record({
    details: fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 6 }),
    seal: fc.constantFrom(...seals),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    piece: fc.integer({ min: 1, max: 600 }),
  });

  test(
    'any byte that is changed, removed or added is found, in its line or the next',
    async () => {
      const change = fc.record({
        kind: fc.constantFrom('change' as const, 'remove' as const, 'add' as const),
        byte: fc.integer({ min: 1, max: 255 }),
      });
      await fc.assert(
        fc.asyncProperty(log, change, async ({ details, seal, at, piece }, { kind, byte }) => {
          const { lines, head } = chainOf(details, seal);
          const text = textOf(lines);
          const place = Math.floor(at * text.length);
          const changed = Buffer.concat([
            text.subarray(0, place),
            Buffer.from(
              kind === 'remove' ? [] : [kind === 'add' ? byte : (text[place] as number) ^ byte],
            ),
            text.subarray(kind === 'add' ? place : place + 1),
          ]);
          const inLine = text.subarray(0, place).toString('latin1').split('\n').length;
          const { problem } = await verify([changed], { seal, head, piece });
          expect(problem).not.toBeNull();
          expect([inLine, inLine + 1]).toContain(problem?.line);
        }),
        propertyRuns(400),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  test(
    'any line that is removed, exchanged with another or repeated is found',
    async () => {
      const rearrange = fc.record({
        kind: fc.constantFrom('remove' as const, 'exchange' as const, 'repeat' as const),
        second: fc.nat(),
      });
      await fc.assert(
        fc.asyncProperty(log, rearrange, async ({ details, seal, at, piece }, { kind, second }) => {
          const { lines, head } = chainOf(details, seal);
          const first = Math.floor(at * lines.length);
          const changed = [...lines];
          if (kind === 'remove') changed.splice(first, 1);
          if (kind === 'repeat')
            changed.splice(second % (lines.length + 1), 0, lines[first] as string);
          if (kind === 'exchange') {
            const partner = second % lines.length;
            fc.pre(partner !== first);
            changed[first] = lines[partner] as string;
            changed[partner] = lines[first] as string;
          }
          expect((await verify([textOf(changed)], { seal, head, piece })).problem).not.toBeNull();
        }),
        propertyRuns(300),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  test(
    'what was not touched is in order, and any tail that is cut off is missed',
    async () => {
      await fc.assert(
        fc.asyncProperty(log, async ({ details, seal, at, piece }) => {
          const { lines, head } = chainOf(details, seal);
          const whole = await verify([textOf(lines)], { seal, head, piece });
          expect(whole).toMatchObject({ lines: lines.length, head, problem: null });
          const kept = lines.slice(0, Math.floor(at * lines.length));
          expect((await verify([textOf(kept)], { seal, head, piece })).problem).not.toBeNull();
        }),
        propertyRuns(200),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});

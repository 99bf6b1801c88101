import { describe, expect, it } from 'vitest';
import { MemoryHost, MemoryInput, MemoryOutput } from '../memory-host.ts';
import { Output, Streams } from './streams.ts';

function streamsOf(...inputs: MemoryInput[]) {
  return new Streams(inputs, [new MemoryOutput('main')], new MemoryHost().streams);
}

describe('Input', () => {
  it('merges inputs as their records arrive', () => {
    const streams = streamsOf(
      new MemoryInput('a', [[{ a: 1 }], [{ a: 2 }], []]),
      new MemoryInput('b', [[{ b: 1 }], []]),
    );
    expect([...streams.input()]).toEqual([[{ a: 1 }], [{ b: 1 }], [{ a: 2 }]]);
  });

  it('never waits for one input while another has records', () => {
    // Blocking on the silent input would be the deadlock of a producer that feeds both.
    const silent = new MemoryInput('silent', [[]]);
    const busy = new MemoryInput('busy', [[{ n: 1 }], [{ n: 2 }]]);
    const order: number[][] = [];
    const host = {
      select: (inputs: readonly unknown[]) => {
        order.push(inputs.map((input) => (input === busy ? 1 : 0)));
        return busy.isReady ? inputs.indexOf(busy) : 0;
      },
    };
    const streams = new Streams([silent, busy], [], host);
    expect([...streams.input().records()]).toEqual([{ n: 1 }, { n: 2 }]);
    expect(order).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('reads one input by name, raw records and blocks', () => {
    expect([
      ...streamsOf(new MemoryInput('a', [[{ a: 1 }]]))
        .input('a')
        .raw(),
    ]).toEqual([['{"a":1}']]);
    const [block] = streamsOf(new MemoryInput('a', [[{ a: 1 }]]))
      .input()
      .blocks();
    expect(new TextDecoder().decode(block?.bytes)).toBe('{"a":1}\n');
    expect(() => streamsOf(new MemoryInput('a', [])).input('b')).toThrow("comes from 'b'");
  });

  it('is empty without inputs', () => {
    expect([...streamsOf().input()]).toEqual([]);
  });
});

describe('Output', () => {
  it('keeps the order of pushed and written records', () => {
    const handle = new MemoryOutput('main');
    const output = new Output(handle);
    output.push({ n: 1 });
    output.write([{ n: 2 }]);
    output.push({ n: 3 });
    output.flush();
    output.flush();
    expect(handle.records).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('writes a full batch at once, and nothing for no records', () => {
    const handle = new MemoryOutput('main');
    const output = new Output(handle);
    for (let n = 0; n < 300; n += 1) output.push({ n });
    expect(handle.writes).toEqual([256]);
    output.flush();
    expect(output.write([])).toBe(0);
    expect(handle.writes).toEqual([256, 44]);
  });

  it('refuses what is not a record', () => {
    const output = new Output(new MemoryOutput('main'));
    expect(() => output.push('text' as never)).toThrow('must be a JSON object');
    expect(() => output.push(undefined as never)).toThrow('must be a JSON object');
  });
});

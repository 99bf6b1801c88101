import { describe, expect, it } from 'vitest';
import type { ChildHandle, OutputChunks, ProcessStatus, WireCommand } from '../host.ts';
import { hostError } from '../memory-host.ts';
import { createProcesses } from './process.ts';

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

class FakeChild implements ChildHandle {
  closed = false;
  readonly #parts: OutputChunks[];
  readonly #status: ProcessStatus;

  constructor(parts: OutputChunks[], status: ProcessStatus) {
    this.#parts = parts;
    this.#status = status;
  }

  pid = () => 42;
  read = () => this.#parts.shift() ?? { chunks: [], ended: true };
  writeStdin = (data: Uint8Array) => data.length;
  closeStdin = () => {};
  wait = () => this.#status;
  kill = () => {};

  [Symbol.dispose](): void {
    this.closed = true;
  }
}

function hostOf(child: FakeChild) {
  const started: WireCommand[] = [];
  const host = {
    spawn: (command: WireCommand) => {
      started.push(command);
      return child;
    },
  };
  return { host, started };
}

describe('process.run', () => {
  it('collects both channels and gives the child back', () => {
    const child = new FakeChild(
      [
        { chunks: [{ channel: 'stdout', bytes: bytes('a') }], ended: false },
        { chunks: [], ended: false },
        { chunks: [{ channel: 'stderr', bytes: bytes('b') }], ended: true },
      ],
      { tag: 'exited', val: 3 },
    );
    const { host, started } = hostOf(child);
    const result = createProcesses(host).run({
      program: 'p',
      environment: { A: '1' },
      stdin: 'x',
      privateFiles: { key: 'k' },
    });
    expect(result).toEqual({
      exitCode: 3,
      signal: undefined,
      stdout: 'a',
      stderr: 'b',
      truncated: false,
    });
    expect(started).toEqual([
      {
        program: 'p',
        arguments: [],
        environment: [['A', '1']],
        directory: undefined,
        stdin: bytes('x'),
        privateFiles: [['key', bytes('k')]],
      },
    ]);
    expect(child.closed).toBe(true);
  });

  it('keeps the tail and tells a signal', () => {
    const chunks = [{ channel: 'stdout' as const, bytes: bytes('0123456789') }];
    const child = new FakeChild([{ chunks, ended: true }], { tag: 'signaled', val: 'SIGTERM' });
    const result = createProcesses(hostOf(child).host).run({ program: 'p' }, { maxOutput: 4 });
    expect(result).toMatchObject({ stdout: '6789', truncated: true, signal: 'SIGTERM' });
  });

  it('gives the child back when reading is canceled', () => {
    const child = new FakeChild([], { tag: 'exited', val: 0 });
    child.read = () => {
      throw hostError('canceled', 'stopped');
    };
    const run = () => createProcesses(hostOf(child).host).run({ program: 'p' });
    expect(run).toThrow(expect.objectContaining({ code: 'canceled' }));
    expect(child.closed).toBe(true);
  });
});
